import LogDB
import LogModel

extension Rows {
    /// The bytes of a field of entry `index`, or nil where the entry has none. Times and levels have their text.
    func bytes(of field: Field, at index: Int) -> [UInt8]? {
        func identifier(_ column: [UInt32]) -> [UInt8]? {
            let bytes = batch.strings[Int(column[index])]
            return bytes.isEmpty ? nil : bytes
        }
        switch field {
        case .time: return Array(Timestamp(microseconds: batch.times[index]).description.utf8)
        case .received: return Array(Timestamp(microseconds: received[index]).description.utf8)
        case .level: return Array((Level(rawValue: batch.levels[index]) ?? .info).name.utf8)
        case .device: return identifier(batch.devices)
        case .session: return identifier(batch.sessions)
        case .module: return identifier(batch.modules)
        case .logger: return identifier(batch.loggers)
        case .process: return identifier(batch.processes)
        case .thread: return identifier(batch.threads)
        case .message: return batch.messages[index]
        case .id: return Array(keys[index].id.utf8)
        case .context(let key):
            let key = Array(key.utf8)
            let attribute = batch.contextRange(index).first { position in
                batch.strings.withBytes(Int(batch.contextKeys[position])) { $0.elementsEqual(key) }
            }
            return attribute.map { batch.contextValues[$0] }
        }
    }

    func sortValue(of field: Field, at index: Int) -> SortValue {
        switch field {
        case .time: .integer(batch.times[index])
        case .received: .integer(received[index])
        case .level: .integer(Int64(batch.levels[index]))
        case .device, .session, .module, .logger, .process, .thread, .message, .id, .context:
            bytes(of: field, at: index).map { SortValue(text: $0) } ?? .missing
        }
    }

    /// The rows in `range`.
    func slice(_ range: Range<Int>) -> Rows {
        if range == 0..<count { return self }
        var slice = Rows()
        for index in range { slice.append(index, of: self) }
        return slice
    }

    /// What the rows cost in memory, roughly, in bytes.
    var byteCount: Int { batch.byteCount + count * 40 }
}
