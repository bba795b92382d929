import LogDB
import Testing

@testable import Server

/// Everything that is stored of an account, in words: what differs between two of them was changed.
struct AccountRows: Equatable {
    var rows: [String]

    static func read(_ account: AccountPlace, of place: EncryptedServer) async throws -> AccountRows {
        let (id, device) = (account.id, account.number)
        var rows = try await place.server.services.store.readTables { (reader) throws(LogError) in
            var rows: [String] = []
            func add<Record: TableRecord>(_ table: Record.Type, _ isOwn: (Record) -> Bool) throws(LogError) {
                try reader.forEach(of: table) { (record) throws(LogError) in
                    if isOwn(record) { rows.append("\(record)") }
                    return true
                }
            }
            try add(AccountRecord.self) { $0.id == id }
            try add(UserRecord.self) { $0.accountID == id }
            try add(APIKeyRecord.self) { $0.accountID == id }
            try add(DeviceRecord.self) { $0.accountID == id || $0.id == device }
            try add(SessionRecord.self) { $0.device == device }
            try add(ArtifactRecord.self) { $0.accountID == id }
            try add(CommandRecord.self) { $0.deviceID == device || $0.accountID == id }
            try add(CapsuleRecord.self) { $0.accountID == id }
            try add(CertificateRecord.self) { $0.deviceID == device }
            try add(ShadowRecord.self) { $0.deviceID == device }
            try add(MetricRecord.self) { $0.deviceID == device }
            try add(QuarantineRecord.self) { $0.accountID == id }
            return rows
        }
        for path in ["logs/export?query=since:1970-01-01&device=\(account.dsn)", "logs/quarantine/\(account.number)"] {
            let answer = try await account.key.send("GET", "/api/v1/" + path)
            try #require(answer.status == 200 && answer.text.contains(account.mark), "\(path) \(answer.text)")
            rows.append(answer.text)
        }
        return AccountRows(rows: rows)
    }
}
