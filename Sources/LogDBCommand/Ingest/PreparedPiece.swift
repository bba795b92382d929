import LogModel

/// A piece, read into entries.
struct PreparedPiece: Sendable {
    var piece: Piece
    var batch: Batch
    /// For each entry of the batch, its position among the lines that are not blank.
    var originalIndexes: [Int]
    /// The lines that are no entries, the first of them with their reasons.
    var refusals: [LineRefusal]
    var refusedCount: Int
    var isText: Bool
    /// The last time that a line of text began with, in this piece or before.
    var lastTime: Int64?

    /// Stands in `batch.times` for a time that the line does not tell; no entry may have it.
    static let noTime = Int64.max

    /// Whether each entry has a time of its own.
    var isTimed: Bool { !batch.times.contains(PreparedPiece.noTime) }

    /// - Parameter lastTime: For lines of text without a time, which go on with what the line before began.
    init(_ piece: Piece, isText: Bool, options: IngestOptions, lastTime: Int64?) {
        self.piece = piece
        self.isText = isText
        let defaults = EntryDecoder.Defaults(
            device: options.device, session: options.session, module: options.module,
            receivedAt: Timestamp(microseconds: PreparedPiece.noTime))
        let rejections: [EntryDecoder.Rejection]
        if isText {
            var decoder = PlainLineDecoder(defaults: defaults)
            piece.bytes.withUnsafeBytes { _ = decoder.decodeLines($0, isLast: true) }
            originalIndexes = decoder.originalIndexes
            rejections = decoder.rejections
            refusedCount = decoder.rejectedCount
            batch = decoder.takeBatch()
        } else {
            var decoder = EntryDecoder(defaults: defaults)
            piece.bytes.withUnsafeBytes { _ = decoder.decodeLines($0, isLast: true) }
            originalIndexes = decoder.originalIndexes
            rejections = decoder.rejections
            refusedCount = decoder.rejectedCount
            batch = decoder.takeBatch()
        }
        refusals = rejections.map { rejection in
            LineRefusal(
                line: piece.firstLine + (rejection.line ?? 1) - 1, code: rejection.code, detail: rejection.detail)
        }
        self.lastTime = lastTime
        if isText { continueTimes() }
    }

    private mutating func continueTimes() {
        for index in batch.times.indices {
            if batch.times[index] != PreparedPiece.noTime {
                lastTime = batch.times[index]
            } else if let lastTime {
                batch.times[index] = lastTime
            }
        }
    }

    /// The entries, those without a time being of `now`.
    func batch(now: Timestamp) -> Batch {
        guard !isTimed else { return batch }
        var dated = batch
        for index in dated.times.indices where dated.times[index] == PreparedPiece.noTime {
            dated.times[index] = now.microseconds
        }
        return dated
    }

    /// The number of the line that gave entry `row`.
    func line(ofRow row: Int) -> Int {
        guard originalIndexes.indices.contains(row) else { return piece.firstLine }
        var left = originalIndexes[row]
        for index in 0..<piece.lineCount where !isBlank(piece.line(index)) {
            if left == 0 { return piece.firstLine + index }
            left -= 1
        }
        return piece.firstLine
    }

    private func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        if isText { return line.isEmpty || line.elementsEqual([0x0a]) || line.elementsEqual([0x0d, 0x0a]) }
        return line.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
    }
}

/// A line that is no entry, or whose entry the store refused.
struct LineRefusal: Sendable, Equatable {
    /// From 1.
    var line: Int
    var code: String
    var detail: String
}
