/// Reads plain text into a `Batch`: each line is a message as it stands, its bytes unchanged whether UTF-8 or not, with
/// the defaults for everything else.
///
/// Two things are guessed, from the start of the line alone, and stay in the message:
/// - the time, when the line begins with an RFC 3339 date and time (also with a space between them, or in brackets);
///   without a zone it is that of the decoder's `zone`, by itself UTC;
/// - the level, when the line's beginning, or what follows that time, is a level's name in brackets, or followed by a
///   colon, or in capitals: `[warn]`, `error:`, `INFO`.
///
/// Empty lines are passed over, and a `\r` before the `\n` is not part of the line.
public struct PlainLineDecoder: Sendable {
    private var builder: EntryBuilder
    private var lines: LineSplitter
    private let limits: EntryDecoder.Limits
    private let zone: (@Sendable (Timestamp) -> Timestamp)?
    /// How many lines that are not empty the text had so far.
    public private(set) var entryCount = 0
    /// How many of them were refused: too long, or no device is given.
    public private(set) var rejectedCount = 0
    /// The first `Limits.rejectionCountMax` of those refused.
    public private(set) var rejections: [EntryDecoder.Rejection] = []
    /// For each entry of `batch`, its position in the text, counted as in `Rejection.index`.
    public private(set) var originalIndexes: [Int] = []

    /// - Parameter zone: Makes the moment of a local time, which it gets as if it were UTC; nil for UTC.
    public init(
        defaults: EntryDecoder.Defaults, limits: EntryDecoder.Limits = EntryDecoder.Limits(),
        zone: (@Sendable (Timestamp) -> Timestamp)? = nil
    ) {
        self.zone = zone
        builder = EntryBuilder(defaults: defaults, limits: limits)
        lines = LineSplitter(byteCountMax: limits.lineByteCountMax)
        self.limits = limits
    }

    /// The entries so far.
    public var batch: Batch { builder.batch }

    /// Hands out the entries so far; `batch` and `originalIndexes` start anew.
    public mutating func takeBatch() -> Batch {
        originalIndexes.removeAll(keepingCapacity: true)
        return builder.takeBatch()
    }

    /// Reads lines; parameters and result as `EntryDecoder.decodeLines(_:isLast:)`.
    public mutating func decodeLines(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Int {
        var position = 0
        while true {
            switch lines.next(bytes, from: &position, isLast: isLast) {
            case .end: return position
            case .tooLong:
                refuse(
                    EntryFailure(
                        .lineTooLong, at: limits.lineByteCountMax, "a line may have \(limits.lineByteCountMax) bytes"))
            case .line(let range):
                var line = UnsafeRawBufferPointer(rebasing: bytes[range])
                if line.last == 0x0d { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
                guard !line.isEmpty else { continue }
                decodeLine(line)
            }
        }
    }

    /// Reads one entry, which is all of `text`, line ends within it included. Time and level are those of its first line.
    ///
    /// - Returns: Why it was refused; nil when it is in `batch`.
    public mutating func decodeText(_ text: UnsafeRawBufferPointer) -> EntryDecoder.Rejection? {
        let start = UnsafeRawBufferPointer(rebasing: text.prefix { $0 != 0x0a })
        guard let failure = append(text, PlainLineStart(start, zone: zone)) else { return nil }
        defer { rejectedCount += 1 }
        return EntryDecoder.Rejection(
            index: entryCount, line: nil, code: failure.code.rawValue, detail: failure.detail)
    }

    private mutating func decodeLine(_ line: UnsafeRawBufferPointer) {
        if let failure = append(line, PlainLineStart(line, zone: zone)) { refuse(failure) }
    }

    private mutating func append(_ text: UnsafeRawBufferPointer, _ guess: PlainLineStart) -> EntryFailure? {
        guard text.count <= limits.lineByteCountMax else {
            return EntryFailure(
                .lineTooLong, at: limits.lineByteCountMax, "an entry may have \(limits.lineByteCountMax) bytes")
        }
        if let failure = builder.append(message: text, time: guess.time, level: guess.level ?? .info) { return failure }
        originalIndexes.append(entryCount)
        entryCount += 1
        return nil
    }

    private mutating func refuse(_ failure: EntryFailure) {
        if rejections.count < limits.rejectionCountMax {
            rejections.append(
                EntryDecoder.Rejection(
                    index: entryCount, line: lines.lineNumber, code: failure.code.rawValue, detail: failure.detail))
        }
        entryCount += 1
        rejectedCount += 1
    }
}
