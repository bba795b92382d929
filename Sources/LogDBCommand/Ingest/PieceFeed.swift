import Dispatch
import LogModel

/// Reads an input's pieces into entries, one ahead of what is being stored.
struct PieceFeed {
    enum Step: Sendable {
        case piece(PreparedPiece)
        case tooLong(line: Int)
        case end
    }

    private let input: LineInput
    private let options: IngestOptions
    private let isText: Bool
    private var lastTime: Int64?
    private var ahead: Task<Step, any Error>?

    init(_ input: LineInput, isText: Bool, options: IngestOptions) {
        self.input = input
        self.isText = isText
        self.options = options
    }

    /// The next step. Reading the one after it begins.
    mutating func next() async throws -> Step {
        let step = try await (ahead ?? read()).value
        ahead = nil
        switch step {
        case .piece(let prepared):
            lastTime = prepared.lastTime
            ahead = read()
        case .tooLong: ahead = read()
        case .end: break
        }
        return step
    }

    private func read() -> Task<Step, any Error> {
        let (input, isText, options, lastTime) = (input, isText, options, lastTime)
        return Task {
            try await Blocking.run { () throws -> Step in
                switch try input.next(lineCountMax: options.batchSize) {
                case .piece(let piece):
                    .piece(PreparedPiece(piece, isText: isText, options: options, lastTime: lastTime))
                case .tooLong(let line): .tooLong(line: line)
                case .end: .end
                }
            }
        }
    }

    /// Goes on after `prepared`, which is a part of the last piece, or the last piece and what follows it.
    mutating func goOn(after prepared: PreparedPiece) async {
        _ = await ahead?.result
        ahead = nil
        lastTime = prepared.lastTime
        let piece = prepared.piece
        input.seek(to: piece.offset + Int64(piece.bytes.count), line: piece.firstLine + piece.lineCount)
    }

    /// The piece of exactly `lineCount` lines that starts where `prepared` does; nil where there is none.
    ///
    /// - Parameter lastTime: What `prepared` was read with.
    mutating func piece(like prepared: PreparedPiece, lineCount: Int, lastTime: Int64?) async throws -> PreparedPiece? {
        let (input, isText, options) = (input, isText, options)
        if lineCount <= prepared.piece.lineCount {
            let part = prepared.piece.prefix(lineCount)
            return await Blocking.run { PreparedPiece(part, isText: isText, options: options, lastTime: lastTime) }
        }
        _ = await ahead?.result
        ahead = nil
        return try await Blocking.run { () throws -> PreparedPiece? in
            input.seek(to: prepared.piece.offset, line: prepared.piece.firstLine)
            guard case .piece(let piece) = try input.next(lineCountMax: lineCount), piece.lineCount == lineCount else {
                return nil
            }
            return PreparedPiece(piece, isText: isText, options: options, lastTime: lastTime)
        }
    }
}

/// Work that waits for the disk or takes long, away from Swift's own threads.
enum Blocking {
    static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }

    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
