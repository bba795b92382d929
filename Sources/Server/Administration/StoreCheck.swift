public import LogDB

/// Whether what a store holds agrees with itself: every table with its indexes, and the audit log's chain.
public enum StoreCheck {
    /// - Returns: A sentence for each contradiction; empty when there is none.
    /// - Throws: `LogError`.
    public static func problems(_ store: LogStore) async throws(LogError) -> [String] {
        var problems = try await store.checkTables()
        problems += try await store.readTables { (reader) throws(LogError) in
            var found: [String] = []
            for table in tables { found += try reader.problems(of: table) }
            return found
        }
        if let row = try await AuditLog(store).verify().brokenAt {
            problems.append("the audit log was changed: row \(row) does not follow from the one before")
        }
        return problems
    }

    /// The server's own.
    private static let tables: [any TableRecord.Type] = [
        AccountRecord.self, UserRecord.self, APIKeyRecord.self, SignInRecord.self, AuditRecord.self,
        QuarantineRecord.self, QuarantineContent.self, QuarantineState.self, IdempotencyRecord.self,
        KeyUsageRecord.self, CertificateRecord.self, CapsuleRecord.self, MetricRecord.self, ShadowRecord.self,
        CommandRecord.self,
    ]
}
