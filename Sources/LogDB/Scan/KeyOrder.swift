/// The one total order of entries: by time, then the bytes of the device's name, then of the session's, then the commit
/// position.
struct KeyOrder {
    let order: ScanOrder
    let names: any StreamNames

    /// Whether `left` stands before `right` in the scan's order.
    func precedes(_ left: EntryKey, _ right: EntryKey) throws(LogError) -> Bool {
        if left.time != right.time { return (left.time > right.time) == (order == .newestFirst) }
        // Only entries of one microsecond come here: names are seldom looked up.
        if left.device != right.device {
            let leftName = try names.deviceName(left.device)
            let rightName = try names.deviceName(right.device)
            if leftName != rightName { return isBefore(leftName, rightName) }
        }
        if left.session != right.session {
            let leftName = try names.sessionName(left.session)
            let rightName = try names.sessionName(right.session)
            if leftName != rightName { return isBefore(leftName, rightName) }
        }
        if left.sequence == right.sequence { return false }
        return (left.sequence > right.sequence) == (order == .newestFirst)
    }

    private func isBefore(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        order == .newestFirst ? right.lexicographicallyPrecedes(left) : left.lexicographicallyPrecedes(right)
    }

    /// Sorts `rows` into the scan's order.
    func sort(_ rows: inout [RowReference]) throws(LogError) {
        var failure: LogError?
        rows.sort { left, right in
            do throws(LogError) {
                return try precedes(left.key, right.key)
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
    }
}

/// A row that a scan found and has not copied yet.
struct RowReference {
    var key: EntryKey
    /// The candidate's index in the scan's list.
    var candidate: Int
    var row: Int
}
