import LogDB
import LogModel
import ObjectStore

/// Stores batches in a data directory that this process has open.
struct StoreSink: BatchSink {
    private let store: LogStore

    init(directory: String, keys: EncryptionKeys?) async throws {
        store = try await StoreBackend.open(directory, isMade: true, keys: keys).store
    }

    func close() async { await store.close() }

    func store(_ prepared: PreparedPiece, identity: BatchIdentity) async throws -> SinkAnswer {
        let batch = prepared.batch(now: .now)
        // As a server hashes what it receives, so that either knows again what came through the other.
        let contentHash = BatchDocument(prepared.batch, identity: identity).bytes.withUnsafeBytes { ByteHash.hash($0) }
        while true {
            do throws(LogError) {
                let receipt = try await store.append(batch, identity: identity, contentHash: contentHash)
                return .stored(
                    SinkReceipt(
                        acceptedCount: receipt.accepted, duplicateCount: receipt.duplicates,
                        refusedCount: receipt.rejected.count,
                        refusals: receipt.rejected.map {
                            SinkReceipt.Refusal(row: $0.index, code: $0.code, detail: $0.detail)
                        }))
            } catch {
                switch error.code {
                case .sequenceConflict: return .conflict
                case .backpressure: break
                default: throw StoreBackend.failure(error, directory: store.directory)
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
