import Dispatch
import Foundation
import Glibc
import Synchronization

/// Two clients with keys of their own: one at an even pace, whose answers are timed, and one that sends far past its quota.
struct NeighbourLoad {
    struct Outcome {
        /// From the moment at which a request of the first was due to its answer.
        var milliseconds: [Double] = []
        /// The other's requests.
        var takenCount = 0
        var refusedCount = 0
        var failures: [String] = []

        mutating func add(_ other: Outcome) {
            milliseconds += other.milliseconds
            takenCount += other.takenCount
            refusedCount += other.refusedCount
            failures += other.failures
        }
    }

    let port: UInt16
    let modestKey: String
    let greedyKey: String
    let rate: Int
    let flood: Int

    private static let connectionCount = 2
    private static let entriesPerBatch = 20

    private final class State: Sendable {
        let outcome = Mutex(Outcome())
        func note(_ change: (inout Outcome) -> Void) { outcome.withLock { change(&$0) } }
    }

    func run(seconds: Int, isFlooded: Bool) -> Outcome {
        let state = State()
        let start = monotonicMicroseconds() + 100_000
        let done = DispatchSemaphore(value: 0)
        var threadCount = 0
        for connection in 0..<NeighbourLoad.connectionCount {
            begin(done, &threadCount) {
                try ask(connection, from: start, seconds, state)
            } failed: {
                state.note($0)
            }
            guard isFlooded else { continue }
            begin(done, &threadCount) {
                try flood(connection, from: start, seconds, state)
            } failed: {
                state.note($0)
            }
        }
        for _ in 0..<threadCount { done.wait() }
        return state.outcome.withLock { $0 }
    }

    private func begin(
        _ done: DispatchSemaphore, _ count: inout Int, _ body: @escaping @Sendable () throws -> Void,
        failed: @escaping @Sendable ((inout Outcome) -> Void) -> Void
    ) {
        count += 1
        Thread {
            do { try body() } catch { failed { $0.failures.append("\(error)") } }
            done.signal()
        }.start()
    }

    /// The requests of one connection of the first client, each at its time.
    private func ask(_ connection: Int, from start: Int, _ seconds: Int, _ state: State) throws {
        try pace(connection, rate, from: start, seconds) { (link, number, due) in
            let request =
                number % 5 == 0
                ? HTTPConnection.request(
                    "GET", "/api/v1/logs?query=level%3AERROR%20since%3A1m&limit=20",
                    headers: [("X-API-Key", modestKey)])
                : batch(modestKey, device: "modest-\(connection)", number)
            let answer = try link.exchange(request)
            guard answer.status == 200 else {
                throw LoadError("\(answer.status): \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
            }
            let waited = Double(monotonicMicroseconds() - due) / 1_000
            state.note { $0.milliseconds.append(waited) }
        }
    }

    private func flood(_ connection: Int, from start: Int, _ seconds: Int, _ state: State) throws {
        try pace(connection, flood, from: start, seconds) { (link, number, _) in
            let answer = try link.exchange(batch(greedyKey, device: "greedy-\(connection)", number))
            switch answer.status {
            case 200: state.note { $0.takenCount += 1 }
            case 429:
                state.note { $0.refusedCount += 1 }
                // The server closes a connection whose body it did not read.
                link = try HTTPConnection(port: port)
            default: throw LoadError("\(answer.status): \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
            }
        }
    }

    /// Calls `body` at the pace of one of the connections that share a rate.
    private func pace(
        _ connection: Int, _ rate: Int, from start: Int, _ seconds: Int,
        _ body: (inout HTTPConnection, _ number: Int, _ due: Int) throws -> Void
    ) throws {
        var link = try HTTPConnection(port: port)
        var number = connection
        while true {
            let due = start + number * 1_000_000 / rate
            guard due < start + seconds * 1_000_000 else { return }
            let wait = due - monotonicMicroseconds()
            if wait > 0 { usleep(UInt32(wait)) }
            try body(&link, number, due)
            number += NeighbourLoad.connectionCount
        }
    }

    private func batch(_ key: String, device: String, _ number: Int) -> [UInt8] {
        let lines = (0..<NeighbourLoad.entriesPerBatch).map { index in
            let level = index % 10 == 0 ? "ERROR" : "INFO"
            return
                #"{"device":"\#(device)","level":"\#(level)","module":"nav","message":"step \#(index) of \#(number)"}"#
        }
        return HTTPConnection.request(
            "POST", "/api/v1/logs/ingest",
            headers: [("Content-Type", "application/x-ndjson"), ("X-API-Key", key)],
            body: Array((lines.joined(separator: "\n") + "\n").utf8))
    }
}
