import LogModel

@testable import LogDB

/// Bytes as one column of a block, behind the number of rows and the column's, or as what a segment knows of its blocks.
/// Each gets the checksum of a sound one.
enum BlockInput {
    static func read(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 4 else { return }
        let kind = bytes[0]
        let rowCount = Int(bytes[1]) + 1
        let content = Array(bytes[2...])
        if kind % 32 < 24 {
            readColumn(ColumnID(rawValue: UInt16(kind % 32)), rowCount: rowCount, content)
        } else {
            readParts(content, kind: kind % 4)
        }
    }

    /// What a segment knows of its blocks: all of it is read, or refused as damaged.
    static func readParts(_ content: [UInt8], kind: UInt8) {
        var sealed = content
        Checksummed.seal(&sealed)
        sealed.withUnsafeBytes { bytes in
            switch kind {
            case 0:
                guard let directory = try? SegmentDirectory.decode(bytes, segment: 1) else { return }
                _ = ColdLayout(directory)
                precondition(!directory.encode().isEmpty)
            case 1: _ = try? MessageTemplates.decode(bytes, segment: 1)
            case 2: _ = try? SegmentCensus.decode(bytes, day: 20_000, segment: 1)
            default: _ = try? SegmentRecord.decode(bytes, location: "input")
            }
        }
    }

    /// A column in memory; the message's brings its templates with it, behind two bytes with their size.
    private struct OneColumn: ColumnSource {
        var id: ColumnID
        var bytes: [UInt8]
        var storedTemplates: [UInt8] = []

        func withColumn(
            _ id: ColumnID, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void
        ) throws(LogError) {
            guard id == self.id else { throw LogError(.corruption, "there is no such column") }
            try bytes.reading { (bytes) throws(LogError) in try body(bytes) }
        }

        func templates() throws(LogError) -> MessageTemplates {
            try storedTemplates.reading { (bytes) throws(LogError) in try MessageTemplates.decode(bytes, segment: 1) }
        }
    }

    private static func readColumn(_ id: ColumnID, rowCount: Int, _ content: [UInt8]) {
        var source = OneColumn(id: id, bytes: content)
        if id == .message {
            guard content.count >= 2 else { return }
            let size = min(Int(content[0]) | Int(content[1]) << 8, content.count - 2)
            source.storedTemplates = Array(content[2..<(2 + size)])
            Checksummed.seal(&source.storedTemplates)
            source.bytes = Array(content[(2 + size)...])
        }
        Checksummed.seal(&source.bytes)
        var strings = StringTable()
        let key = Array("key".utf8)
        let summary = BlockSummary(
            key: BlockKey(day: 20_000, device: 1, session: 1, time: 0, number: 1), lastDevice: 1, lastSession: 1,
            rowCount: rowCount, timeMin: .min, timeMax: .max,
            levelCounts: [UInt32](repeating: 0, count: Level.allCases.count),
            moduleCounts: [], contextKeys: [(key.withUnsafeBytes { strings.intern($0) }, UInt32(rowCount))],
            otherContextRowCount: rowCount,
            columns: [(id, UInt32(source.bytes.count))], rawByteCount: 1 << 16)
        let group = BlockRowGroup(summary, strings: strings, source: source)
        readAll(group, id, key, rowCount)
        // And a few rows alone, which are read another way.
        let few = BlockRowGroup(summary, strings: strings, source: source)
        let rows = [0, rowCount - 1].prefix(rowCount > 1 ? 2 : 1).map { $0 }
        readFew(few, id, rows)
    }

    private static func readAll(_ group: BlockRowGroup, _ id: ColumnID, _ key: [UInt8], _ rowCount: Int) {
        switch id {
        case .time: _ = try? group.times()
        case .received: _ = try? group.received()
        case .sequence: _ = try? group.sequences()
        case .level: _ = try? group.levels()
        case .stream: _ = try? group.streams()
        case .message:
            guard let messages = try? group.messages() else { return }
            var sum: UInt8 = 0
            for row in 0..<rowCount { for byte in messages[row] { sum &+= byte } }
            _ = sum
        case .module: _ = try? group.identifiers(.module)
        case .logger: _ = try? group.identifiers(.logger)
        case .process: _ = try? group.identifiers(.process)
        case .thread: _ = try? group.identifiers(.thread)
        default:
            _ = try? group.attribute(key)
            _ = try? group.context()
        }
    }

    private static func readFew(_ group: BlockRowGroup, _ id: ColumnID, _ rows: [Int]) {
        switch id {
        case .received: _ = try? group.received(of: rows)
        case .level: _ = try? group.levels(of: rows)
        case .message:
            var messages = ByteColumn()
            try? group.appendMessages(rows, to: &messages)
        default: _ = try? group.attributes(of: rows, keys: nil)
        }
    }
}
