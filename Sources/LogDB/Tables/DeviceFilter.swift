/// Which devices a list has: those in service that pass all that is given.
public struct DeviceFilter: Sendable, Equatable {
    /// Nil: of all accounts.
    public var accountID: UInt64?
    public var environment: DeviceEnvironment?
    public var status: DeviceStatus?
    public var type: DeviceType?
    /// Text within the name or the serial number, in any case.
    public var search: String?

    public init() {}

    /// Every combination that passes, as the index has them.
    var kinds: [DeviceRecord.Kind] {
        let environments = environment.map { [$0] } ?? ([nil] + DeviceEnvironment.allCases.map(Optional.some))
        let statuses = status.map { [$0] } ?? DeviceStatus.allCases
        let types = type.map { [$0] } ?? ([nil] + DeviceType.allCases.map(Optional.some))
        return environments.flatMap { environment in
            statuses.flatMap { status in
                types.map { DeviceRecord.Kind(environment: environment, status: status, type: $0) }
            }
        }
    }

    /// Whether more than the search leaves devices out.
    var isByKind: Bool { accountID != nil || environment != nil || status != nil || type != nil }

    /// As the rows themselves tell.
    func matches(_ device: DeviceRecord) -> Bool {
        device.decommissionedAt == nil && (accountID == nil || device.accountID == accountID)
            && (environment == nil || device.environment == environment) && (status == nil || device.status == status)
            && (type == nil || device.type == type)
    }
}

extension TableReader {
    /// The devices that pass `filter`, by id.
    ///
    /// - Parameters:
    ///   - id: Only those with a larger one.
    ///   - limit: At least 1.
    /// - Returns: Up to `limit` devices, and after which id to go on; nil at the end.
    public func devices(
        _ filter: DeviceFilter, after id: UInt64 = 0, limit: Int
    ) throws(LogError) -> (devices: [DeviceRecord], next: UInt64?) {
        let table = self.table(DeviceRecord.self)
        var devices: [DeviceRecord] = []
        var last = id
        for found in try candidates(filter, after: id, limit: limit + 1, table) where found > last {
            if devices.count == limit { return (devices, last) }
            last = found
            if let device = try table.row(found), filter.matches(device) { devices.append(device) }
        }
        return (devices, nil)
    }

    /// The ids of devices that pass as far as an index tells, in order: of a search all, else as many as a page takes.
    private func candidates(
        _ filter: DeviceFilter, after id: UInt64, limit: Int, _ table: Table<DeviceRecord>
    ) throws(LogError) -> [UInt64] {
        if let search = filter.search, !search.isEmpty {
            let found = try table.ids(containing: CaseFolding.fold(Array(search.utf8)), DeviceRecord.byText, after: id)
            // A row costs as much to read as hundreds of keys of an index.
            guard filter.isByKind, found.count > limit else { return found }
            return TableReader.common(found, try self.ids(ofKinds: filter, after: id, limit: .max, table))
        }
        return try ids(ofKinds: filter, after: id, limit: limit, table)
    }

    /// Of each kind that passes up to `limit` ids, all in order.
    private func ids(
        ofKinds filter: DeviceFilter, after id: UInt64, limit: Int, _ table: Table<DeviceRecord>
    ) throws(LogError) -> [UInt64] {
        var ids: [UInt64] = []
        for kind in filter.kinds {
            if let account = filter.accountID {
                let value = DeviceRecord.accountKey(account, kind)
                ids += try table.ids(DeviceRecord.byAccount, value, after: id, limit: limit)
            } else {
                ids += try table.ids(DeviceRecord.byKind, kind.bytes, after: id, limit: limit)
            }
        }
        return ids.sorted()
    }

    /// What two ascending lists have in common.
    private static func common(_ first: [UInt64], _ second: [UInt64]) -> [UInt64] {
        var common: [UInt64] = []
        var place = 0
        for id in first {
            while place < second.count, second[place] < id { place += 1 }
            if place == second.count { break }
            if second[place] == id { common.append(id) }
        }
        return common
    }
}

extension Table {
    /// The ids of rows whose `index`, which is not unique, has `value`, in order.
    func ids(
        _ index: TableIndex<Record>, _ value: [UInt8], after id: UInt64 = 0, limit: Int = .max
    ) throws(LogError) -> [UInt64] {
        var ids: [UInt64] = []
        guard limit > 0, id < .max else { return ids }
        let first = TableKeys.entry(Record.tableNumber, index.number, value, id + 1)
        let end = KeyLayout.end(of: TableKeys.entryPrefix(Record.tableNumber, index.number, value))
        try store.forEach(.tables, from: first, to: end, in: snapshot) { (key, _) throws(LogError) in
            ids.append(try KeyLayout.number(key))
            return ids.count < limit
        }
        return ids
    }

    /// The ids of rows whose value in `index`, which is not unique, has `needle` in it, in order. Reads the whole index.
    fileprivate func ids(
        containing needle: [UInt8], _ index: TableIndex<Record>, after id: UInt64
    ) throws(LogError) -> [UInt64] {
        var ids: [UInt64] = []
        // Values are escaped in keys.
        let needle = Needle(needle.flatMap { $0 == 0 ? [0, 0xff] : [$0] })
        let prefix = [Record.tableNumber, index.number]
        try store.forEach(.tables, from: prefix, to: KeyLayout.end(of: prefix), in: snapshot) {
            (key, _) throws(LogError) in
            let found = try KeyLayout.number(key)
            guard key.count >= prefix.count + 10 else { return true }
            // After the value come the two bytes of its end, and the id.
            let text = UnsafeRawBufferPointer(rebasing: key[prefix.count..<key.count - 10])
            if found > id, needle.find(in: text, from: 0) >= 0 { ids.append(found) }
            return true
        }
        return ids.sorted()
    }
}
