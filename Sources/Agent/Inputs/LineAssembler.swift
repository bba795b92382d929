import LogModel

/// Makes entries of an input's lines: joins those that belong together, and reads each as JSON or as text.
struct LineAssembler {
    /// A line that is no entry.
    struct Refused {
        /// A short stable name.
        var code: String
        var detail: String
        var beginning: [UInt8]
    }

    private let settings: InputSettings
    private var joiner: MultilineJoiner
    private var entries: EntryDecoder?
    private var texts: PlainLineDecoder?
    private(set) var refused: [Refused] = []

    init(_ settings: InputSettings) {
        self.settings = settings
        joiner = MultilineJoiner(settings.multiline)
    }

    /// Whether the last line may go on, and is not in the batch.
    var isPending: Bool { joiner.isPending }

    var entryCount: Int { (entries?.originalIndexes.count ?? 0) + (texts?.originalIndexes.count ?? 0) }

    var byteCount: Int { (entries?.batch.byteCount ?? 0) + (texts?.batch.byteCount ?? 0) }

    /// Takes a line, whose line end may be there.
    ///
    /// - Parameter defaults: Of the batch that it begins, if it does.
    /// - Returns: Whether the line begins a text of its own: what came before it is in the batch.
    @discardableResult
    mutating func take(_ line: UnsafeRawBufferPointer, _ defaults: @autoclosure () -> EntryDecoder.Defaults) -> Bool {
        var line = line
        while let last = line.last, last == 0x0a || last == 0x0d {
            line = UnsafeRawBufferPointer(rebasing: line.dropLast())
        }
        if isJSON(line) {
            flush(defaults())
            decode(line, defaults(), isJSON: true)
            return true
        }
        guard settings.multiline != .none else {
            if !line.isEmpty { decode(line, defaults(), isJSON: false) }
            return true
        }
        // An empty line alone is no entry.
        if line.isEmpty, !joiner.isPending { return true }
        let wasPending = joiner.isPending
        guard let ended = joiner.take(line) else { return !wasPending }
        ended.withUnsafeBytes { decode($0, defaults(), isJSON: false) }
        return true
    }

    /// Ends a text that might have gone on.
    mutating func flush(_ defaults: @autoclosure () -> EntryDecoder.Defaults) {
        guard let ended = joiner.flush() else { return }
        ended.withUnsafeBytes { decode($0, defaults(), isJSON: false) }
    }

    /// Notes a line that nothing could be made of.
    mutating func refuse(_ code: RejectionCode, _ detail: String, beginning: [UInt8]) {
        refused.append(Refused(code: code.rawValue, detail: detail, beginning: beginning))
    }

    /// Hands out the entries since the last call, and what was refused.
    mutating func takeBatch() -> (batch: Batch, refused: [Refused]) {
        defer { (entries, texts, refused) = (nil, nil, []) }
        // A decoder that refused all that it was given may be there beside the one that has entries.
        var batch = entries?.takeBatch() ?? Batch()
        if batch.isEmpty, let other = texts?.takeBatch() { batch = other }
        return (batch, refused)
    }

    /// Whether the next line is of the other kind than those of the batch, which keeps its order.
    func isOtherKind(_ line: UnsafeRawBufferPointer) -> Bool {
        entryCount > 0 && (isJSON(line) ? texts != nil : entries != nil)
    }

    private func isJSON(_ line: UnsafeRawBufferPointer) -> Bool {
        switch settings.format {
        case .ndjson: true
        case .text: false
        case .auto: line.first { $0 > 0x20 } == UInt8(ascii: "{")
        }
    }

    private mutating func decode(_ text: UnsafeRawBufferPointer, _ defaults: EntryDecoder.Defaults, isJSON: Bool) {
        let rejection: EntryDecoder.Rejection?
        if isJSON {
            var decoder = entries ?? EntryDecoder(defaults: defaults)
            entries = nil
            let count = decoder.rejectedCount
            _ = decoder.decodeLines(text, isLast: true)
            rejection = decoder.rejectedCount > count ? decoder.rejections.last : nil
            entries = decoder
        } else {
            var decoder =
                texts
                ?? PlainLineDecoder(defaults: defaults, zone: { [zone = settings.zone] in zone.moment(ofLocal: $0) })
            texts = nil
            rejection = decoder.decodeText(text)
            texts = decoder
        }
        guard let rejection else { return }
        refused.append(
            Refused(
                code: rejection.code, detail: rejection.detail,
                beginning: Array(text.prefix(Refusals.beginningByteCountMax))))
    }
}
