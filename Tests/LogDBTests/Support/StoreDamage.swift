@testable import LogDB

extension LogStore {
    /// Writes straight into the key-value store, past everything that guards it.
    func put(_ family: StoreFamily, _ key: [UInt8], _ value: [UInt8]) throws {
        var batch = WriteBatch()
        batch.put(store, family, key, value)
        try store.write(batch, synced: false)
    }

    func remove(_ family: StoreFamily, _ key: [UInt8]) throws {
        var batch = WriteBatch()
        batch.delete(store, family, key)
        try store.write(batch, synced: false)
    }

    /// All keys and values of a family, in order.
    func contents(_ family: StoreFamily) throws -> [(key: [UInt8], value: [UInt8])] {
        var found: [(key: [UInt8], value: [UInt8])] = []
        try store.forEach(family, from: []) { (key, value) throws(LogError) in
            found.append((Array(key), Array(value)))
            return true
        }
        return found
    }

    /// Flips one bit of a stored value.
    func flipBit(_ family: StoreFamily, _ key: [UInt8], at place: Int = 0) throws {
        guard var value = try store.value(family, key) else {
            throw LogError(.invalidArgument, "there is nothing to damage")
        }
        value[place % value.count] ^= 0x10
        try put(family, key, value)
    }
}

extension RocksStore {
    /// One key and what it holds.
    struct Pair: Hashable {
        var family: StoreFamily
        var key: [UInt8]
        var value: [UInt8]
    }

    /// All that the store holds, in order.
    func everything() throws -> [Pair] {
        var found: [Pair] = []
        for family in StoreFamily.allCases {
            try forEach(family, from: []) { (key, value) throws(LogError) in
                found.append(Pair(family: family, key: Array(key), value: Array(value)))
                return true
            }
        }
        return found
    }
}
