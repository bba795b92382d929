import HTTPTransport
import LogDB
import LogModel
import Server

extension IdentityBackend {
    /// What became of a batch that was tried again.
    struct Replay {
        var accepted: UInt64
        var duplicates: UInt64
        var rejected: UInt64
        var reasons: [String]
    }

    private static let path = "/api/v1/logs/quarantine"

    /// The newest first.
    func quarantine(limit: Int) async throws -> [Row] {
        switch self {
        case .server(let client):
            let answer = try await client.json("GET", "\(Self.path)?limit=\(limit)")
            return (answer["batches"]?.elements ?? []).map { batch in
                let numbers = ["id", "bytes", "rejected"].map { ($0, String(batch[$0]?.unsigned ?? 0)) }
                let texts = ["received", "sender", "device", "content_type", "code", "detail"].map {
                    ($0, batch[$0]?.text ?? "")
                }
                return Self.row(Dictionary(uniqueKeysWithValues: numbers + texts))
            }
        case .store(let store, _):
            return try await Quarantine(store).batches(limit: limit).map { batch in
                Self.row([
                    "id": String(batch.id), "received": batch.received.description, "sender": batch.sender,
                    "device": batch.device, "content_type": batch.contentType, "bytes": String(batch.byteCount),
                    "rejected": String(batch.refusedCount), "code": batch.code, "detail": batch.detail,
                ])
            }
        }
    }

    private static func row(_ values: [String: String]) -> Row {
        ["id", "received", "sender", "device", "content_type", "bytes", "rejected", "code", "detail"].map {
            ($0, values[$0] ?? "")
        }
    }

    /// The oldest first.
    func quarantinedIDs() async throws -> [UInt64] {
        switch self {
        case .server(let client):
            var ids: [UInt64] = []
            var cursor: String?
            repeat {
                let answer = try await client.json(
                    "GET", "\(Self.path)?limit=1000" + (cursor.map { "&cursor=\($0)" } ?? ""))
                ids += (answer["batches"]?.elements ?? []).compactMap { $0["id"]?.unsigned }
                cursor = answer["next_cursor"]?.text
            } while cursor != nil
            return ids.reversed()
        case .store(let store, _): return try await Quarantine(store).batches(limit: .max).map(\.id).reversed()
        }
    }

    /// What a batch held.
    func quarantined(_ id: UInt64) async throws -> [UInt8] {
        switch self {
        case .server(let client):
            let reply = try await client.send(
                HTTPCall(url: "\(client.url)\(Self.path)/\(id)", replyByteCountMax: 1 << 30))
            guard reply.status == 200 else { throw client.failure(reply.status, reply.body, query: "") }
            return reply.body
        case .store(let store, _):
            return try await Self.translated { try await Quarantine(store).content(id).bytes }
        }
    }

    func replay(_ id: UInt64) async throws -> Replay {
        switch self {
        case .server(let client):
            let answer = try await client.json("POST", "\(Self.path)/\(id)/replay")
            return Replay(
                accepted: answer["accepted"]?.unsigned ?? 0, duplicates: answer["duplicates"]?.unsigned ?? 0,
                rejected: answer["rejected"]?.unsigned ?? 0,
                reasons: (answer["errors"]?.elements ?? []).map { error in
                    "entry \(error["index"]?.unsigned ?? 0): \(error["code"]?.text ?? ""): "
                        + (error["detail"]?.text ?? "")
                })
        case .store(let store, _):
            let replay = try await Self.translated { try await Quarantine(store).replay(id, by: .command) }
            return Replay(
                accepted: UInt64(replay.accepted), duplicates: UInt64(replay.duplicates),
                rejected: UInt64(replay.rejected), reasons: replay.reasons)
        }
    }

    func removeQuarantined(_ id: UInt64) async throws {
        switch self {
        case .server(let client): try await client.delete("\(Self.path)/\(id)")
        case .store(let store, _):
            try await Self.translated { try await Quarantine(store).remove(id, by: .command) }
        }
    }

    static func translated<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as QuarantineError {
            throw CommandFailure(error.message)
        } catch let error as FleetError {
            throw CommandFailure(error.message)
        } catch let error as ServerError {
            throw CommandFailure(error.message)
        } catch let error as LogError {
            throw CommandFailure(error.message)
        }
    }
}
