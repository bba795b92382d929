import LogModel
import Synchronization
import Testing

@testable import Agent

/// The ingest route as the contract has it, over a real socket and in memory: knows a batch again by its identity, and
/// refuses the same identity with other content.
final class LogServerModel: Sendable {
    /// What becomes of one request.
    enum Fate: Sendable {
        case take
        /// Stored, and the connection reset before the answer.
        case takeAndReset
        /// Stored, but for the first so many entries.
        case takeAllBut(Int)
        case refuse(Int, String)
        /// Neither stored nor answered until the client goes away.
        case hang
    }

    private struct State {
        var frames: [BatchIdentity: [UInt8]] = [:]
        var entries: [Entry] = []
        var batchSizes: [Int] = []
        var clockOffsets: [Int64?] = []
        var healthRequestCount = 0
        var requestCount = 0
        var conflictCount = 0
        var waiters: [(entryCount: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let store: Store
    private let server: SocketServer

    /// - Parameters:
    ///   - fate: Decides on each request by its number, from 0.
    ///   - clockOffset: Its clock less the system's, in microseconds; nil: it says no time.
    init(clockOffset: Int64? = 0, _ fate: @escaping @Sendable (Int) -> Fate = { _ in .take }) throws {
        let store = Store(clockOffset: clockOffset)
        self.store = store
        server = try SocketServer { request, client in store.serve(request, client, fate) }
    }

    /// Without this the socket's thread lives on.
    func stop() { server.stop() }

    var url: String { server.url }
    var entries: [Entry] { store.state.withLock { $0.entries } }
    var messages: [String] { entries.map(\.message) }
    /// What each batch says that its times are ahead of the server's.
    var clockOffsets: [Int64?] { store.state.withLock { $0.clockOffsets } }
    var healthRequestCount: Int { store.state.withLock { $0.healthRequestCount } }
    var batchSizes: [Int] { store.state.withLock { $0.batchSizes } }
    var requestCount: Int { store.state.withLock { $0.requestCount } }
    var conflictCount: Int { store.state.withLock { $0.conflictCount } }
    var identities: Set<BatchIdentity> { store.state.withLock { Set($0.frames.keys) } }

    /// Returns when so many entries are stored.
    func awaitEntryCount(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = store.state.withLock { state in
                if state.entries.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    /// Apart from the model, so that the socket's threads keep only this alive.
    private final class Store: Sendable {
        let state = Mutex(State())
        let clockOffset: Int64?

        init(clockOffset: Int64?) { self.clockOffset = clockOffset }

        func serve(
            _ request: SocketServer.Request, _ client: SocketServer.Client, _ fate: (Int) -> Fate
        ) -> Bool {
            if request.path == "/health" {
                state.withLock { $0.healthRequestCount += 1 }
                guard let clockOffset else {
                    client.answer(200, body: Array(#"{"status":"ok"}"#.utf8))
                    return true
                }
                let time = Timestamp(microseconds: WallClock.now().microseconds + clockOffset)
                client.answer(200, body: Array(#"{"status":"ok","time":"\#(time)"}"#.utf8))
                return true
            }
            let number = state.withLock { state in
                state.requestCount += 1
                return state.requestCount - 1
            }
            switch fate(number) {
            case .take:
                client.answer(200, body: Array(store(request, refusedCount: 0).utf8))
            case .takeAllBut(let refusedCount):
                client.answer(200, body: Array(store(request, refusedCount: refusedCount).utf8))
            case .takeAndReset:
                _ = store(request, refusedCount: 0)
                client.reset()
                return false
            case .refuse(let status, let code):
                let body = #"{"type":"about:blank","title":"No","status":\#(status),"code":"\#(code)"}"#
                client.answer(status, headers: [("Content-Type", "application/problem+json")], body: Array(body.utf8))
            case .hang:
                client.awaitClose()
                return false
            }
            return true
        }

        /// - Returns: The receipt.
        private func store(_ request: SocketServer.Request, refusedCount: Int) -> String {
            #expect(request.method == "POST")
            #expect(request.path == "/api/v1/logs/ingest")
            #expect(request.headers["content-type"] == "application/vnd.logdb.batch")
            let identity = BatchIdentity(
                device: request.headers["x-batch-device"] ?? "", boot: request.headers["x-batch-boot"] ?? "",
                sequence: UInt64(request.headers["x-batch-seq"] ?? "") ?? 0)
            #expect(!identity.device.isEmpty && !identity.boot.isEmpty && identity.sequence > 0)
            var decompressor = ZstdDecompressor()
            guard let batch = try? request.body.withUnsafeBytes({ try BatchFrame.decode($0, using: &decompressor) })
            else {
                Issue.record("the frame does not decode")
                return "{}"
            }
            return state.withLock { state in
                if let known = state.frames[identity] {
                    if known != request.body { state.conflictCount += 1 }
                    return #"{"accepted": 0, "duplicates": \#(batch.count), "rejected": 0, "errors": []}"#
                }
                state.frames[identity] = request.body
                state.batchSizes.append(batch.count)
                state.clockOffsets.append(request.headers["x-batch-clock-offset"].flatMap { Int64($0) })
                for index in refusedCount..<batch.count { state.entries.append(batch[index]) }
                let entryCount = state.entries.count
                for waiter in state.waiters where waiter.entryCount <= entryCount { waiter.continuation.resume() }
                state.waiters.removeAll { $0.entryCount <= entryCount }
                let errors = (0..<refusedCount).map { #"{"index": \#($0), "code": "expired", "detail": "too old"}"# }
                return #"{"accepted": \#(batch.count - refusedCount), "duplicates": 0, "rejected": \#(refusedCount), "#
                    + #""errors": [\#(errors.joined(separator: ","))]}"#
            }
        }
    }
}
