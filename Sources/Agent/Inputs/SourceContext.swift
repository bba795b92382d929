public import LogModel

/// What every input needs besides its settings.
public struct SourceContext: Sendable {
    let intake: any EntryIntake
    let refusals: Refusals
    /// The device, the session and the time of receipt, asked for each batch.
    let defaults: @Sendable () -> EntryDecoder.Defaults
    /// Told what a person may want to know: a file was rotated, or cannot be read.
    let say: @Sendable (String) -> Void

    public init(
        intake: any EntryIntake, refusals: Refusals, defaults: @escaping @Sendable () -> EntryDecoder.Defaults,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.intake = intake
        self.refusals = refusals
        self.defaults = defaults
        self.say = say
    }

    /// Bounds of what is handed over together.
    static let batchCountMax = 1_000
    static let batchByteCountMax = 1 << 20
    /// A text of several lines ends when nothing came for so long.
    static let joinTimeout = Duration.seconds(1)
    /// Without anything to read, inputs look again so often.
    static let pollInterval = Duration.milliseconds(100)

    func defaults(_ settings: InputSettings) -> EntryDecoder.Defaults {
        var defaults = defaults()
        if let module = settings.module { defaults.module = module }
        if let logger = settings.logger { defaults.logger = logger }
        return defaults
    }

    func refuse(_ refused: [LineAssembler.Refused], input: String) {
        let now = WallClock.now()
        for one in refused {
            one.beginning.withUnsafeBytes {
                refusals.add(
                    input: input, reason: one.code, detail: one.detail, beginning: $0, at: now)
            }
        }
    }
}
