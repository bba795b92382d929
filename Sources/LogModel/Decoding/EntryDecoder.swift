/// Reads log entries from JSON into a `Batch`, every good one whatever the bad ones around it.
///
/// An entry is an object with these members, each under its long or its short name:
///
/// | names | value |
/// |---|---|
/// | `message` | text, may be empty; required |
/// | `device`, `dsn` | required, unless the sender or the document names it |
/// | `timestamp_us`, `timestamp`, `time` | RFC 3339 text, or a number or digits: seconds, ms, µs or ns since the epoch by 10, 13, 16 or 19 digits, decimals allowed. Under `timestamp_us` a number of any other length is in µs. None: the time of receipt |
/// | `level` | a level's name in any case, or another logger's name for it. None: `INFO` |
/// | `session_id`, `session` · `module_name`, `module` · `logger_name`, `logger` · `process_id`, `process` · `thread_id`, `thread` | any text of up to 1 KiB |
/// | `context` | an object; members of objects in it are named by their path with dots, arrays kept as their JSON |
/// | any other name | an attribute of the context, as if it stood there |
///
/// Numbers and booleans are taken for text as they are written. `null` is as good as not there. The last of several
/// values for the same thing counts. `RejectionCode` lists what is refused.
///
/// A decoder serves one body: lines, in as many pieces as it arrives, or one document. It keeps its working memory and
/// belongs to one task at a time.
public struct EntryDecoder: Sendable {
    /// An entry that was refused.
    public struct Rejection: Sendable, Hashable {
        /// The entry's position in the body, from 0; blank lines do not count.
        public var index: Int
        /// The entry's line, from 1; nil in a JSON document.
        public var line: Int?
        /// A `RejectionCode`'s raw value.
        public var code: String
        /// Where in the line or document, in bytes, and what was expected there.
        public var detail: String
    }

    /// Why a JSON document was refused as a whole.
    public struct DocumentError: Error, Sendable, Hashable, CustomStringConvertible {
        /// A `RejectionCode`'s raw value.
        public var code: String
        /// In bytes from the start of the document.
        public var offset: Int
        /// What was expected there.
        public var detail: String

        public var description: String { "\(code): \(detail)" }

        init(_ failure: EntryFailure) {
            code = failure.code.rawValue
            offset = failure.offset
            detail = failure.detail
        }
    }

    /// The longest document that `decodeDocument` takes, in bytes.
    public static let documentByteCountMax = 1 << 30

    let limits: Limits
    var parser: EntryParser
    var builder: EntryBuilder
    private var lines: LineSplitter
    private var isAtBatchStart = true
    /// How many entries the body had so far, good or bad.
    public internal(set) var entryCount = 0
    /// How many of them were refused.
    public internal(set) var rejectedCount = 0
    /// The first `Limits.rejectionCountMax` of those refused, in the body's order.
    public private(set) var rejections: [Rejection] = []
    /// For each entry of `batch`, its position in the body, counted as in `Rejection.index`.
    public internal(set) var originalIndexes: [Int] = []
    /// The document's `boot` and `sequence`, which name it for de-duplication.
    public internal(set) var documentIdentity: (boot: String, sequence: UInt64)?
    /// The device that the document gives for all its entries.
    public internal(set) var sharedDevice: String?

    public init(defaults: Defaults, limits: Limits = Limits()) {
        self.limits = limits
        parser = EntryParser(limits: limits)
        builder = EntryBuilder(defaults: defaults, limits: limits)
        lines = LineSplitter(byteCountMax: limits.lineByteCountMax)
    }

    /// The good entries so far.
    public var batch: Batch { builder.batch }

    /// Hands out the good entries so far; `batch` and `originalIndexes` start anew. Its columns count bytes in 32 bits:
    /// take it at least once for each gigabyte of a long stream.
    public mutating func takeBatch() -> Batch {
        originalIndexes.removeAll(keepingCapacity: true)
        isAtBatchStart = true
        return builder.takeBatch()
    }

    /// Reads NDJSON: an entry a line. Blank lines are passed over, as is a byte order mark before the first.
    ///
    /// - Parameters:
    ///   - bytes: The next bytes of the body, after those that earlier calls consumed.
    ///   - isLast: Nothing follows; the last line need not end in `\n`.
    /// - Returns: How many bytes were consumed: all whole lines, and the whole of a line that is too long already. The
    ///   caller gives the others again, with more after them.
    public mutating func decodeLines(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Int {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
        var position = 0
        while true {
            switch lines.next(bytes, from: &position, isLast: isLast) {
            case .end: return position
            case .tooLong:
                refuse(
                    EntryFailure(
                        .lineTooLong, at: limits.lineByteCountMax, "a line may have \(limits.lineByteCountMax) bytes"))
            case .line(let range):
                if isAtBatchStart, !range.isEmpty {
                    isAtBatchStart = false
                    let rest = min(bytes.count - range.lowerBound, 1 << 22)
                    builder.reserve(rest / (range.count + 1) + 1, byteCount: rest)
                }
                decodeLine(base + range.lowerBound, range.count)
            }
        }
    }

    private mutating func decodeLine(_ line: UnsafePointer<UInt8>, _ count: Int) {
        var scanner = JSONScanner(line, from: 0, to: count, depthMax: limits.depthMax)
        if lines.lineNumber == 1 { scanner.skipByteOrderMark() }
        scanner.skipSpace()
        guard scanner.at < count else { return }
        do throws(EntryFailure) {
            try parser.readEntry(&scanner)
            scanner.skipSpace()
            guard scanner.at == count else { throw scanner.invalid("expected the end of the line") }
        } catch {
            refuse(error)
            return
        }
        appendParsed(line)
    }

    /// Appends what the parser read from `bytes`, or says why not.
    mutating func appendParsed(_ bytes: UnsafePointer<UInt8>) {
        let failure = parser.scratch.withUnsafeBytes { scratch in
            builder.append(parser.entry, EntryBuilder.Source(bytes: bytes, scratch: scratch))
        }
        if let failure {
            refuse(failure)
        } else {
            originalIndexes.append(entryCount)
            entryCount += 1
        }
    }

    mutating func refuse(_ failure: EntryFailure) {
        if rejections.count < limits.rejectionCountMax {
            rejections.append(
                Rejection(
                    index: entryCount, line: lines.lineNumber > 0 ? lines.lineNumber : nil,
                    code: failure.code.rawValue, detail: failure.detail))
        }
        entryCount += 1
        rejectedCount += 1
    }

    /// Forgets all entries: the document that held them is refused.
    mutating func refuseAll() {
        _ = takeBatch()
        rejections = []
        rejectedCount = 0
        entryCount = 0
    }
}

extension JSONScanner {
    /// Passes over U+FEFF, which some editors put before a file's first line (RFC 8259, section 8.1).
    mutating func skipByteOrderMark() {
        if end - at >= 3, bytes[at] == 0xef, bytes[at + 1] == 0xbb, bytes[at + 2] == 0xbf { at += 3 }
    }
}
