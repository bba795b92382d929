import LogModel

/// Stores one input, batch after batch.
struct FileIngest {
    private let input: LineInput
    private let options: IngestOptions
    private let sink: any BatchSink
    private let stop: StopRequest
    private let progress: @Sendable (IngestTally) -> Void

    private(set) var tally = IngestTally()
    private var chain: BatchChain?
    /// What text lines without a time go on with, before the current piece.
    private var lastTime: Int64?

    /// Branches of one place. Each needs another file with the same beginning, so that in truth one is enough.
    private static let branchCountMax = 64

    init(
        _ input: LineInput, options: IngestOptions, sink: any BatchSink, stop: StopRequest,
        progress: @escaping @Sendable (IngestTally) -> Void
    ) {
        self.input = input
        self.options = options
        self.sink = sink
        self.stop = stop
        self.progress = progress
    }

    /// Stores what the input has, until its end or a request to stop.
    ///
    /// - Returns: Whether the end was reached.
    mutating func run() async throws -> Bool {
        guard let isText = try await isText() else { return !input.isStopped }
        if isText, options.device == nil {
            throw CommandFailure(
                "\(input.name): plain text names no device; say which it is from: --device DSN", kind: .input)
        }
        var feed = PieceFeed(input, isText: isText, options: options)
        while !stop.isMade {
            switch try await feed.next() {
            case .end: return !input.isStopped
            case .tooLong(let line):
                let detail = "a line may have \(EntryDecoder.Limits().lineByteCountMax) bytes"
                tally.refuse(
                    [LineRefusal(line: line, code: RejectionCode.lineTooLong.rawValue, detail: detail)], count: 1)
            case .piece(let prepared):
                try await store(prepared, isText: isText, &feed)
            }
            progress(tally)
        }
        return false
    }

    /// Nil: the input is empty.
    private func isText() async throws -> Bool? {
        let input = input
        let first = try await Blocking.run { () throws in try input.peek() }
        guard let first else { return nil }
        if let format = try input.compressedFormat() { throw CommandFailure(unpacking(format), kind: .input) }
        switch options.format {
        case .ndjson: return false
        case .text: return true
        case .auto: return first != UInt8(ascii: "{")
        }
    }

    private func unpacking(_ format: CompressedFormat) -> String {
        let unpack = input.path == nil ? "… | \(format.rawValue) -d" : "\(format.unpackCommand) \(input.name)"
        return "\(input.name): is compressed with \(format.rawValue); ingest its text: \(unpack) | logdb ingest - …"
    }

    private mutating func store(_ prepared: PreparedPiece, isText: Bool, _ feed: inout PieceFeed) async throws {
        var stored = prepared
        if !prepared.batch.isEmpty {
            if chain == nil { chain = start(prepared, isText: isText) }
            if prepared.piece.isUnterminated, let chain {
                let identity = chain.identity(ofUnterminated: prepared.piece.line(0))
                guard case .stored(let receipt) = try await sink.store(prepared, identity: identity) else {
                    throw CommandFailure(
                        "\(input.name): its last line was stored with other content before", kind: .input)
                }
                tally.add(receipt, of: prepared)
            } else {
                stored = try await storeNumbered(prepared, &feed)
            }
        }
        lastTime = stored.lastTime
        tally.refuse(stored.refusals, count: stored.refusedCount)
        tally.byteCount += Int64(stored.piece.bytes.count)
        if stored.piece.lineCount != prepared.piece.lineCount { await feed.goOn(after: stored) }
    }

    private func start(_ prepared: PreparedPiece, isText: Bool) -> BatchChain {
        let device = prepared.batch.strings.text(Int(prepared.batch.devices[0]))
        guard let path = input.path, !options.isAgain else { return BatchChain(uniqueFor: device) }
        let first = prepared.piece.line(prepared.line(ofRow: 0) - prepared.piece.firstLine)
        var name = [Array(options.fingerprint(isText: isText).utf8), Array(first)]
        if prepared.batch.times[0] == PreparedPiece.noTime { name.append(Array(path.utf8)) }
        return BatchChain(device: device, name: name)
    }

    /// Stores the piece, or finds out which part of it, or which longer piece, was stored under its number.
    ///
    /// - Returns: What is stored now.
    private mutating func storeNumbered(
        _ prepared: PreparedPiece, _ feed: inout PieceFeed
    ) async throws -> PreparedPiece {
        for _ in 0..<FileIngest.branchCountMax {
            if try await isStored(prepared) { return prepared }
            var withoutEntries: PreparedPiece?
            for lineCount in FileIngest.otherLineCounts(prepared.piece.lineCount) where input.isSeekable {
                let other = try await feed.piece(like: prepared, lineCount: lineCount, lastTime: lastTime)
                guard let other else { continue }
                if other.batch.isEmpty {
                    withoutEntries = withoutEntries ?? other
                } else if try await isStored(other) {
                    return other
                }
            }
            // Lines that were all refused were a piece without a number; the number is of what follows them.
            if let withoutEntries { return withoutEntries }
            chain?.branch(firstLine: prepared.piece.line(0))
        }
        throw CommandFailure("\(input.name): too many files begin as it does; store it with --again", kind: .input)
    }

    private mutating func isStored(_ prepared: PreparedPiece) async throws -> Bool {
        guard let identity = chain?.identity else { return false }
        guard case .stored(let receipt) = try await sink.store(prepared, identity: identity) else { return false }
        chain?.advance()
        tally.add(receipt, of: prepared)
        return true
    }

    /// The other powers of two, the nearest smaller ones first.
    private static func otherLineCounts(_ lineCount: Int) -> [Int] {
        let smaller = sequence(first: lineCount / 2) { $0 / 2 }.prefix { $0 > 0 }
        let larger = sequence(first: lineCount * 2) { $0 * 2 }.prefix { $0 <= Piece.lineCountMax }
        return Array(smaller) + Array(larger)
    }
}
