/// Keys of a table's rows and indexes: see `KeyLayout`.
enum TableKeys {
    static let rows: UInt8 = 0
    static let nextID: UInt8 = 255

    static func row(_ table: UInt8, _ id: UInt64) -> [UInt8] {
        var key = KeyWriter(bytes: [table, rows])
        key.append(id)
        return key.bytes
    }

    static func nextID(_ table: UInt8) -> [UInt8] { [table, nextID] }

    /// A unique index maps the value to the row's id; another has the id at the end of the key, after the value's escaped
    /// form, so that equal values lie side by side.
    static func uniqueEntry(_ table: UInt8, _ index: UInt8, _ value: [UInt8]) -> [UInt8] { [table, index] + value }

    static func entryPrefix(_ table: UInt8, _ index: UInt8, _ value: [UInt8]) -> [UInt8] {
        var key = KeyWriter(bytes: [table, index])
        key.appendString(value)
        return key.bytes
    }

    static func entry(_ table: UInt8, _ index: UInt8, _ value: [UInt8], _ id: UInt64) -> [UInt8] {
        var key = KeyWriter(bytes: entryPrefix(table, index, value))
        key.append(id)
        return key.bytes
    }
}
