import LogModel

/// Names of devices and sessions by their numbers.
protocol StreamNames: AnyObject {
    func deviceName(_ device: UInt32) throws(LogError) -> [UInt8]
    func sessionName(_ session: UInt64) throws(LogError) -> [UInt8]
    /// A property of the device or session; nil where it has none.
    func joined(_ attribute: JoinedAttribute, device: UInt32, session: UInt64) throws(LogError) -> [UInt8]?
}

/// Copies rows of one group into `Rows`, translating each distinct string once.
///
/// An extractor belongs to one output: when that is begun anew, so is the extractor.
struct RowExtractor {
    private let group: RowGroup
    private let times: UnsafeBufferPointer<Int64>
    private let received: UnsafeBufferPointer<Int64>
    private let sequences: UnsafeBufferPointer<Int64>
    private let levels: UnsafeBufferPointer<UInt8>
    /// Nil: not asked for.
    private let identifiers: [DictionaryView?]
    private var identifierCodes: [[UInt32]]
    private let runs: [StreamRun]
    private var run = 0
    private var runDevice = RowExtractor.unset
    private var runSession = RowExtractor.unset
    private let names: (any StreamNames)?
    private let hasMessages: Bool
    private let context: ContextView?
    private var keyCodes: [UInt32] = []
    /// For columns that some rows lack: where among those that have a value the last row was looked for.
    private var positions: [Int] = []

    private static let unset = UInt32.max

    /// - Parameters:
    ///   - names: Resolves devices and sessions; nil leaves both names empty (the keys still tell the streams).
    ///   - fields: As in `ScanRequest`.
    init(_ group: RowGroup, names: (any StreamNames)?, fields: Set<Field>? = nil) throws(LogError) {
        self.group = group
        self.names = names
        times = try group.times()
        received = try group.received()
        sequences = try group.sequences()
        levels = try group.levels()
        var views: [DictionaryView?] = []
        for column in IdentifierColumn.allCases {
            let isAsked = fields?.contains(column.field) ?? true
            views.append(isAsked ? try group.identifiers(column) : nil)
        }
        identifiers = views
        identifierCodes = views.map { [UInt32](repeating: RowExtractor.unset, count: $0?.values.count ?? 0) }
        hasMessages = fields?.contains(.message) ?? true
        runs = try group.streams()
        context = try RowExtractor.context(of: group, fields)
        switch context {
        case nil: break
        case .rows(_, _, let keyNames, _):
            keyCodes = [UInt32](repeating: RowExtractor.unset, count: keyNames.count)
        case .columns(let columns):
            keyCodes = [UInt32](repeating: RowExtractor.unset, count: columns.count)
            positions = [Int](repeating: 0, count: columns.count)
        }
    }

    /// The attributes, those alone that are asked for.
    private static func context(of group: RowGroup, _ fields: Set<Field>?) throws(LogError) -> ContextView? {
        guard let fields else { return try group.context() }
        var keys: [[UInt8]] = []
        for case .context(let key) in fields { keys.append(Array(key.utf8)) }
        if keys.isEmpty { return nil }
        var columns: [(key: [UInt8], values: AttributeView)] = []
        for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            if let values = try group.attribute(key) { columns.append((key, values)) }
        }
        return .columns(columns)
    }

    /// Appends rows of the group, a column at a time.
    mutating func append(_ rows: [Int], to output: inout Rows) throws(LogError) {
        for row in rows {
            try findRun(of: row, output: &output)
            let stream = runs[run]
            output.keys.append(
                EntryKey(
                    time: times[row], device: stream.device, session: stream.session,
                    sequence: UInt64(bitPattern: sequences[row])))
            output.batch.devices.append(runDevice)
            output.batch.sessions.append(runSession)
        }
        for row in rows { output.received.append(received[row]) }
        for row in rows { output.batch.times.append(times[row]) }
        for row in rows { output.batch.levels.append(levels[row]) }
        appendIdentifiers(.module, rows, to: &output.batch.modules, &output.batch.strings)
        appendIdentifiers(.logger, rows, to: &output.batch.loggers, &output.batch.strings)
        appendIdentifiers(.process, rows, to: &output.batch.processes, &output.batch.strings)
        appendIdentifiers(.thread, rows, to: &output.batch.threads, &output.batch.strings)
        if hasMessages {
            try group.appendMessages(rows, to: &output.batch.messages)
        } else {
            for _ in rows { output.batch.messages.append(UnsafeRawBufferPointer(start: nil, count: 0)) }
        }
        appendContext(rows, to: &output.batch)
    }

    private mutating func appendIdentifiers(
        _ column: IdentifierColumn, _ rows: [Int], to output: inout [UInt32],
        _ strings: inout StringTable
    ) {
        guard let view = identifiers[column.rawValue] else {
            let none = strings.intern("")
            for _ in rows { output.append(none) }
            return
        }
        identifierCodes[column.rawValue].withUnsafeMutableBufferPointer { known in
            for row in rows {
                let code = Int(view.codes[row])
                if known[code] == RowExtractor.unset { known[code] = strings.intern(view.values[code]) }
                output.append(known[code])
            }
        }
    }

    /// Moves to the run that holds `row`; rows are mostly asked for in order.
    private mutating func findRun(of row: Int, output: inout Rows) throws(LogError) {
        if runDevice != RowExtractor.unset, runs[run].rows.contains(row) { return }
        if run + 1 < runs.count, runs[run + 1].rows.contains(row) {
            run += 1
        } else {
            var low = 0
            var high = runs.count
            while high - low > 1 {
                let middle = (low + high) / 2
                if runs[middle].rows.lowerBound <= row { low = middle } else { high = middle }
            }
            run = low
        }
        let device = try names?.deviceName(runs[run].device) ?? []
        let session = try names?.sessionName(runs[run].session) ?? []
        runDevice = device.withUnsafeBytes { output.batch.strings.intern($0) }
        runSession = session.withUnsafeBytes { output.batch.strings.intern($0) }
    }

    private mutating func appendContext(_ rows: [Int], to batch: inout Batch) {
        switch context {
        case nil:
            for _ in rows { batch.endContext() }
        case .rows(let ends, let keys, let keyNames, let values):
            for row in rows {
                let start = row == 0 ? 0 : Int(ends[row - 1])
                for attribute in start..<Int(ends[row]) {
                    let code = Int(keys[attribute])
                    if keyCodes[code] == RowExtractor.unset { keyCodes[code] = batch.strings.intern(keyNames[code]) }
                    batch.contextKeys.append(keyCodes[code])
                    batch.contextValues.append(values[attribute])
                }
                batch.endContext()
            }
        case .columns(let columns):
            let views = columns.map(\.values)
            for row in rows {
                for (index, view) in views.enumerated() {
                    guard let position = view.position(of: row, near: &positions[index]) else { continue }
                    if keyCodes[index] == RowExtractor.unset {
                        keyCodes[index] = columns[index].key.withUnsafeBytes { batch.strings.intern($0) }
                    }
                    batch.contextKeys.append(keyCodes[index])
                    batch.contextValues.append(view[position])
                }
                batch.endContext()
            }
        }
    }
}

extension Batch {
    /// The attributes that were appended last are one entry's.
    fileprivate mutating func endContext() { contextEnds.append(UInt32(truncatingIfNeeded: contextKeys.count)) }
}

extension IdentifierColumn {
    fileprivate var field: Field {
        switch self {
        case .module: .module
        case .logger: .logger
        case .process: .process
        case .thread: .thread
        }
    }
}
