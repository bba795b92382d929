import LogModel
import Testing

@testable import LogDB

/// A block's columns in memory.
struct MemoryColumnSource: ColumnSource {
    var columns: [UInt16: [UInt8]]
    var storedTemplates: [UInt8]

    func withColumn(_ id: ColumnID, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Void) throws(LogError) {
        guard let bytes = columns[id.rawValue] else {
            throw LogError(.corruption, "column \(id.name) is missing", location: "test block")
        }
        let result: Result<Void, LogError> = bytes.withUnsafeBytes { raw in
            do throws(LogError) { return .success(try body(raw)) } catch { return .failure(error) }
        }
        try result.get()
    }
}

extension MemoryColumnSource {
    func templates() throws(LogError) -> MessageTemplates {
        let result: Result<MessageTemplates, LogError> = storedTemplates.withUnsafeBytes { raw in
            do throws(LogError) {
                return .success(try MessageTemplates.decode(raw, segment: 1))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// One block, built from rows and read back from memory.
struct BlockSample {
    var summary: BlockSummary
    var strings = StringTable()
    var columns: [UInt16: [UInt8]] = [:]
    var templates: [UInt8] = []

    /// - Parameter isShared: Whether small columns lie together, as they do in a store; else each has a value of its own,
    ///   which can be replaced.
    init(_ rows: Rows, level: Int = 3, number: UInt64 = 1, isShared: Bool = false) {
        var builder = BlockBuilder(level: level)
        var words = WordSet()
        // Nothing here throws.
        let block = try! builder.build(BlockRows(RowsGroup(rows)), number: number, strings: &strings, words: &words)
        summary = block.summary
        for (id, bytes) in block.values { columns[id.rawValue] = bytes }
        var collector = MessageCollector()
        summary.rawByteCount += collector.addAll(rows.batch.messages, levels: rows.batch.levels, words: &words)
        collector.endBlock()
        let made = try? collector.finish(segment: 1, level: level) { (_, bytes) throws(LogError) in
            columns[ColumnID.message.rawValue] = bytes
            summary.columns.append((.message, UInt32(bytes.count)))
        }
        templates = made!.encode(level: level)
        if !isShared { separate() }
    }

    private mutating func separate() {
        guard let shared = columns.removeValue(forKey: ColumnID.shared.rawValue) else { return }
        for (id, _) in summary.columns.prefix(summary.sharedColumnCount) {
            columns[id.rawValue] = Array(shared[summary.sharedRange(of: id)!])
        }
        summary.sharedColumnCount = 0
    }

    func open(cache: BlockColumnCache? = nil, isKept: Bool = false) -> BlockRowGroup {
        BlockRowGroup(
            summary, strings: strings, source: MemoryColumnSource(columns: columns, storedTemplates: templates),
            cache: cache, isKept: isKept)
    }

    /// Replaces what a column holds before its checksum, which is made anew: a writer's mistake, not the disk's.
    mutating func replace(_ column: UInt16, _ content: [UInt8]) {
        var bytes = content
        Checksummed.seal(&bytes)
        columns[column] = bytes
    }

    /// Rows, all of them by default, as a scan copies them; names of devices and sessions stay empty.
    func rows(_ asked: [Int]? = nil) throws -> Rows {
        let group = open()
        var rows = Rows()
        try RowExtractor(group, names: nil).append(asked ?? Array(0..<group.rowCount), to: &rows)
        return rows
    }

    /// Reads every column in every way that scans do.
    func readAll() throws {
        let group = open()
        _ = try rows()
        _ = try rows([group.rowCount - 1, 0])
        for (key, _) in try group.contextKeyCounts() {
            guard let column = try group.attribute(key) else { continue }
            for position in 0..<column.count {
                #expect(column.row(position) < group.rowCount)
                _ = column[position].count
            }
        }
        for column in IdentifierColumn.allCases {
            let view = try group.identifiers(column)
            for row in 0..<group.rowCount { _ = view.values[Int(view.codes[row])].count }
        }
        withExtendedLifetime(group) {}
    }
}

extension Rows {
    /// Rows of bytes, in the order that blocks ask for: one stream after the other.
    ///
    /// - Parameter entries: Each with its stream's session.
    static func sample(_ entries: [RawEntry]) -> Rows {
        var rows = Rows()
        for (index, entry) in entries.enumerated() {
            rows.batch.append(entry)
            rows.keys.append(
                EntryKey(time: entry.time, device: 3, session: entry.session, sequence: UInt64(100 + index)))
            rows.received.append(entry.time &+ 5)
        }
        return rows
    }
}

/// An entry of bytes that need not be text.
struct RawEntry: Equatable {
    var time: Int64 = 1_735_900_000_000_000
    var level = Level.info
    var session: UInt64 = 0
    /// Module, logger, process, thread.
    var identifiers: [[UInt8]] = [[], [], [], []]
    var message: [UInt8] = []
    var context: [Attribute] = []

    struct Attribute: Equatable, Comparable {
        var key: [UInt8]
        var value: [UInt8]

        static func < (left: Attribute, right: Attribute) -> Bool {
            left.key == right.key
                ? left.value.lexicographicallyPrecedes(right.value) : left.key.lexicographicallyPrecedes(right.key)
        }
    }

    /// Attributes in an order of their own.
    var normalized: RawEntry {
        var entry = self
        entry.context.sort()
        return entry
    }
}

extension Batch {
    mutating func append(_ entry: RawEntry, device: String = "", sessionName: String = "") {
        times.append(entry.time)
        levels.append(entry.level.rawValue)
        devices.append(strings.intern(device))
        sessions.append(strings.intern(sessionName))
        let codes = entry.identifiers.map { $0.withUnsafeBytes { strings.intern($0) } }
        modules.append(codes[0])
        loggers.append(codes[1])
        processes.append(codes[2])
        threads.append(codes[3])
        entry.message.withUnsafeBytes { messages.append($0) }
        for attribute in entry.context {
            contextKeys.append(attribute.key.withUnsafeBytes { strings.intern($0) })
            attribute.value.withUnsafeBytes { contextValues.append($0) }
        }
        contextEnds.append(UInt32(contextKeys.count))
    }

    func raw(_ index: Int, session: UInt64) -> RawEntry {
        RawEntry(
            time: times[index], level: Level(rawValue: levels[index])!, session: session,
            identifiers: [modules, loggers, processes, threads].map { strings[Int($0[index])] },
            message: messages[index],
            context: contextRange(index).map {
                RawEntry.Attribute(key: strings[Int(contextKeys[$0])], value: contextValues[$0])
            })
    }
}

extension Rows {
    var raw: [RawEntry] { (0..<count).map { batch.raw($0, session: keys[$0].session).normalized } }
}
