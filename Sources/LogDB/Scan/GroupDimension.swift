import LogModel

/// One dimension of an aggregation over one group of rows: a code for each row, and the codes' values.
struct GroupDimension {
    private(set) var codes: [UInt32]
    private(set) var values: [GroupValue]

    /// - Parameter rows: The rows whose codes are needed; the others' mean nothing.
    init(_ key: GroupKey, group: RowGroup, rows: Bitmap, names: any StreamNames) throws(LogError) {
        codes = [UInt32](repeating: 0, count: group.rowCount)
        values = []
        switch key {
        case .timeBucket(let step, let offset):
            let times = try group.times()
            numbered(rows) { .time(TimeBucket.start(times[$0], step: step, offset: offset)) }
        case .field(let field):
            switch field {
            case .level:
                let levels = try group.levels()
                values = Level.allCases.map { .text(Array($0.name.utf8)) }
                rows.forEachSet { codes[$0] = UInt32(levels[$0]) }
            case .time:
                let times = try group.times()
                numbered(rows) { .time(times[$0]) }
            case .received:
                let times = try group.received()
                numbered(rows) { .time(times[$0]) }
            case .device, .session, .id:
                try numberedStreams(field, group, rows, names)
            case .module: try identifier(.module, group, rows)
            case .logger: try identifier(.logger, group, rows)
            case .process: try identifier(.process, group, rows)
            case .thread: try identifier(.thread, group, rows)
            case .message:
                let messages = try group.messages()
                interned(rows) { messages[$0] }
            case .context(let name):
                try attribute(Array(name.utf8), group, rows)
            }
        }
    }

    private mutating func numbered(_ rows: Bitmap, _ value: (Int) -> GroupValue) {
        var known: [GroupValue: UInt32] = [:]
        var last: (value: GroupValue, code: UInt32)?
        rows.forEachSet { row in
            let value = value(row)
            if let last, last.value == value {
                codes[row] = last.code
                return
            }
            let code = known[value] ?? UInt32(values.count)
            if code == values.count {
                values.append(value)
                known[value] = code
            }
            last = (value, code)
            codes[row] = code
        }
    }

    private mutating func interned(_ rows: Bitmap, _ value: (Int) -> UnsafeRawBufferPointer) {
        var table = StringTable(minimumCapacity: 64)
        rows.forEachSet { codes[$0] = table.intern(value($0)) }
        values = (0..<table.count).map { .text(table[$0]) }
    }

    private mutating func numberedStreams(
        _ field: Field, _ group: RowGroup, _ rows: Bitmap, _ names: any StreamNames
    ) throws(LogError) {
        let times = try group.times()
        let sequences = try group.sequences()
        var known: [GroupValue: UInt32] = [:]
        for run in try group.streams() {
            let name = field == .device ? try names.deviceName(run.device) : try names.sessionName(run.session)
            for row in run.rows where rows[row] {
                let value: GroupValue
                if field == .id {
                    let key = EntryKey(
                        time: times[row], device: run.device, session: run.session,
                        sequence: UInt64(bitPattern: sequences[row]))
                    value = .text(Array(key.id.utf8))
                } else {
                    value = name.isEmpty ? .missing : .text(name)
                }
                let code = known[value] ?? UInt32(values.count)
                if code == values.count {
                    values.append(value)
                    known[value] = code
                }
                codes[row] = code
            }
        }
    }

    private mutating func identifier(
        _ column: IdentifierColumn, _ group: RowGroup, _ rows: Bitmap
    ) throws(LogError) {
        let column = try group.identifiers(column)
        // The head's dictionary is shared by its columns: only the values that occur are taken.
        let unset = UInt32.max
        var codeOfValue = [UInt32](repeating: unset, count: column.values.count)
        rows.forEachSet { row in
            let source = Int(column.codes[row])
            if codeOfValue[source] == unset {
                codeOfValue[source] = UInt32(values.count)
                let value = column.values[source]
                values.append(value.isEmpty ? .missing : .text(Array(value)))
            }
            codes[row] = codeOfValue[source]
        }
    }

    private mutating func attribute(_ key: [UInt8], _ group: RowGroup, _ rows: Bitmap) throws(LogError) {
        values = [.missing]
        guard let column = try group.attribute(key) else { return }
        var table = StringTable(minimumCapacity: 64)
        for position in 0..<column.count {
            let row = column.row(position)
            if rows[row] { codes[row] = table.intern(column[position]) + 1 }
        }
        values += (0..<table.count).map { .text(table[$0]) }
    }
}
