/// Where a scan begins: after a given key, or at its range's first row.
struct ScanStart {
    private let key: EntryKey?
    private let order: KeyOrder
    /// A key comes from outside: that its streams have no names is no damage. Only its time can be compared then.
    private let isOfUnknownStream: Bool

    init(after key: EntryKey?, in order: KeyOrder) throws(LogError) {
        self.key = key
        self.order = order
        guard let key else {
            isOfUnknownStream = false
            return
        }
        do throws(LogError) {
            _ = try order.names.deviceName(key.device)
            _ = try order.names.sessionName(key.session)
            isOfUnknownStream = false
        } catch {
            guard error.concernsSomeBytes else { throw error }
            isOfUnknownStream = true
        }
    }

    /// Whether a row of the scan's range, which begins at the key's time, stands after the start.
    func precedes(_ row: EntryKey) throws(LogError) -> Bool {
        guard let key, !isOfUnknownStream else { return true }
        return try order.precedes(key, row)
    }
}
