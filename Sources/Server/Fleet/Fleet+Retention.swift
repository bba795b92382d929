import LogDB
import LogModel

extension Fleet {
    /// How long what is over is kept: commands after they were sent, which ended within 30 days; capsules after their token
    /// was good; certificates after they were.
    static let historyLifetime: Int64 = 90 * 86_400_000_000

    /// Removes commands, capsules and certificates that have been over for long.
    ///
    /// - Returns: How many.
    @discardableResult
    func removeHistory() async throws(LogError) -> Int {
        let end = clock().microseconds - Fleet.historyLifetime
        // Rows are in the order in which they were made, so that the first that is too young ends the search.
        return try await remove(CommandRecord.self, while: { $0.created < end }, where: { !$0.status.isOpen })
            + remove(CapsuleRecord.self, while: { $0.tokenExpires < end }, where: { _ in true })
            + remove(CertificateRecord.self, while: { $0.expires < end }, where: { _ in true })
    }

    private func remove<Record: TableRecord>(
        _ table: Record.Type, while isOld: @escaping @Sendable (Record) -> Bool,
        where isOver: @escaping @Sendable (Record) -> Bool
    ) async throws(LogError) -> Int {
        var next: UInt64 = 0
        var total = 0
        while true {
            let first = next
            let page = try await store.readTables { (reader) throws(LogError) in
                var page: [Record] = []
                try reader.forEach(of: table, from: first) { (record) throws(LogError) in
                    guard isOld(record) else { return false }
                    page.append(record)
                    return page.count < Fleet.rowsPerEdit
                }
                return page
            }
            guard let last = page.last else { return total }
            next = last.id + 1
            total += try await store.editTables { (editor) throws(LogError) in
                var count = 0
                for found in page {
                    guard let record = try editor.row(found.id, of: table), isOver(record) else { continue }
                    try editor.delete(record)
                    count += 1
                }
                return count
            }
        }
    }
}
