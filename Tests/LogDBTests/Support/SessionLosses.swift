@testable import LogDB

extension LogStore {
    /// What sessions lost, by their ids.
    func losses() async throws -> [UInt64: SessionLoss] {
        try await readTables { (reader) throws(LogError) in
            var losses: [UInt64: SessionLoss] = [:]
            try reader.forEach(of: SessionLoss.self) { (loss) throws(LogError) in
                losses[loss.id] = loss
                return true
            }
            return losses
        }
    }
}
