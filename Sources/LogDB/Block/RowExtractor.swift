import LogModel

/// Names of devices and sessions by their numbers.
protocol StreamNames: AnyObject {
    func deviceName(_ device: UInt32) throws(LogError) -> [UInt8]
    func sessionName(_ session: UInt64) throws(LogError) -> [UInt8]
    /// A property of the device or session; nil where it has none.
    func joined(_ attribute: JoinedAttribute, device: UInt32, session: UInt64) throws(LogError) -> [UInt8]?
}

/// Copies rows of one group into `Rows`, translating each distinct string once.
struct RowExtractor {
    private let group: RowGroup
    private let names: (any StreamNames)?
    private let fields: Set<Field>?

    private static let unset = UInt32.max

    /// - Parameters:
    ///   - names: Resolves devices and sessions; nil leaves both names empty (the keys still tell the streams).
    ///   - fields: As in `ScanRequest`.
    init(_ group: RowGroup, names: (any StreamNames)?, fields: Set<Field>? = nil) {
        self.group = group
        self.names = names
        self.fields = fields
    }

    /// Appends rows of the group, a column at a time. To be called once, with all of them: each call decodes what it needs.
    func append(_ rows: [Int], to output: inout Rows) throws(LogError) {
        let times = try group.times()
        try appendStreams(rows, times, to: &output)
        output.received += try group.received(of: rows)
        for row in rows { output.batch.times.append(times[row]) }
        output.batch.levels += try group.levels(of: rows)
        try appendIdentifiers(.module, rows, to: &output.batch.modules, &output.batch.strings)
        try appendIdentifiers(.logger, rows, to: &output.batch.loggers, &output.batch.strings)
        try appendIdentifiers(.process, rows, to: &output.batch.processes, &output.batch.strings)
        try appendIdentifiers(.thread, rows, to: &output.batch.threads, &output.batch.strings)
        if fields?.contains(.message) ?? true {
            try group.appendMessages(rows, to: &output.batch.messages)
        } else {
            for _ in rows { output.batch.messages.append(UnsafeRawBufferPointer(start: nil, count: 0)) }
        }
        try appendContext(rows, to: &output.batch)
    }

    // MARK: Streams

    private func appendStreams(
        _ rows: [Int], _ times: UnsafeBufferPointer<Int64>, to output: inout Rows
    ) throws(LogError) {
        let sequences = try group.sequences(of: rows)
        let runs = try group.streams()
        var run = 0
        var device = RowExtractor.unset
        var session = RowExtractor.unset
        for (place, row) in rows.enumerated() {
            if device == RowExtractor.unset || !runs[run].rows.contains(row) {
                run = RowExtractor.run(of: row, in: runs, after: run)
                let deviceName = try names?.deviceName(runs[run].device) ?? []
                let sessionName = try names?.sessionName(runs[run].session) ?? []
                device = deviceName.withUnsafeBytes { output.batch.strings.intern($0) }
                session = sessionName.withUnsafeBytes { output.batch.strings.intern($0) }
            }
            output.keys.append(
                EntryKey(
                    time: times[row], device: runs[run].device, session: runs[run].session,
                    sequence: UInt64(bitPattern: sequences[place])))
            output.batch.devices.append(device)
            output.batch.sessions.append(session)
        }
    }

    /// The run that holds `row`; rows are mostly asked for in order.
    private static func run(of row: Int, in runs: [StreamRun], after run: Int) -> Int {
        if run + 1 < runs.count, runs[run + 1].rows.contains(row) { return run + 1 }
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].rows.lowerBound <= row { low = middle } else { high = middle }
        }
        return low
    }

    // MARK: Identifiers

    private func appendIdentifiers(
        _ column: IdentifierColumn, _ rows: [Int], to output: inout [UInt32], _ strings: inout StringTable
    ) throws(LogError) {
        guard fields?.contains(column.field) ?? true else {
            output.append(contentsOf: repeatElement(strings.intern(""), count: rows.count))
            return
        }
        let (codes, values) = try group.identifiers(column, of: rows)
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: values.count) { known in
            known.initialize(repeating: RowExtractor.unset)
            for code in codes {
                let code = Int(code)
                if known[code] == RowExtractor.unset { known[code] = strings.intern(values[code]) }
                output.append(known[code])
            }
        }
    }

    // MARK: Context

    private func appendContext(_ rows: [Int], to batch: inout Batch) throws(LogError) {
        let keys = askedKeys()
        if keys?.isEmpty ?? false {
            for _ in rows { batch.endContext() }
        } else if group.areFew(rows) {
            append(try group.attributes(of: rows, keys: keys), rowCount: rows.count, to: &batch)
        } else {
            append(try context(keys), rows, to: &batch)
        }
    }

    /// The context keys asked for, in their order; nil: all.
    private func askedKeys() -> [[UInt8]]? {
        guard let fields else { return nil }
        var keys: [[UInt8]] = []
        for case .context(let key) in fields { keys.append(Array(key.utf8)) }
        return keys.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func context(_ keys: [[UInt8]]?) throws(LogError) -> ContextView {
        guard let keys else { return try group.context() }
        var columns: [(key: [UInt8], values: AttributeView)] = []
        for key in keys {
            if let values = try group.attribute(key) { columns.append((key, values)) }
        }
        return .columns(columns)
    }

    private func append(_ attributes: [PickedAttribute], rowCount: Int, to batch: inout Batch) {
        let keyCodes = attributes.map { $0.key.withUnsafeBytes { batch.strings.intern($0) } }
        var positions = [Int](repeating: 0, count: attributes.count)
        for row in 0..<rowCount {
            for index in attributes.indices where attributes[index].hasValue[row] {
                batch.contextKeys.append(keyCodes[index])
                attributes[index].values.withBytes(positions[index]) { batch.contextValues.append($0) }
                positions[index] += 1
            }
            batch.endContext()
        }
    }

    private func append(_ context: ContextView, _ rows: [Int], to batch: inout Batch) {
        switch context {
        case .rows(let ends, let keys, let keyNames, let values):
            var keyCodes = [UInt32](repeating: RowExtractor.unset, count: keyNames.count)
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
            var keyCodes = [UInt32](repeating: RowExtractor.unset, count: columns.count)
            /// Where among the rows that have a value the last one was looked for.
            var positions = [Int](repeating: 0, count: columns.count)
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
