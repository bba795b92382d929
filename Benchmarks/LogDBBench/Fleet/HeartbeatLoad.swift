import Foundation
import Glibc
import Synchronization

/// Devices that wait for commands and send heartbeats, and a stream of entries beside them.
struct HeartbeatLoad {
    struct Outcome {
        /// From the moment at which a heartbeat was due to its answer, in milliseconds.
        var heartbeats: [Double] = []
        /// From the moment at which a command was sent to its arrival, in milliseconds.
        var commands: [Double] = []
        var sentCount = 0
        var entryCount = 0
        var byteCount = 0
        var failures: [String] = []
    }

    let port: UInt16
    let deviceCount: Int
    let interval: Int
    let entryRate: Int

    /// Each sends the heartbeats of some devices in turn.
    private static let senderCount = 8
    private static let batchesPerSecond = 20

    private final class State: Sendable {
        let outcome = Mutex(Outcome())
        let isOver = Atomic(false)

        func note(_ change: (inout Outcome) -> Void) { outcome.withLock { change(&$0) } }

        /// What goes wrong when all is over is no failure.
        func fail(_ error: any Error) {
            if !isOver.load(ordering: .relaxed) { note { $0.failures.append("\(error)") } }
        }
    }

    func run(seconds: Int) throws -> Outcome {
        let state = State()
        for device in 0..<deviceCount { thread { poll(device, state) } }
        // Time for all of them to wait.
        sleep(2)
        let start = monotonicMicroseconds()
        let end = start + seconds * 1_000_000
        let done = DispatchSemaphore(value: 0)
        for sender in 0..<HeartbeatLoad.senderCount {
            thread {
                sendHeartbeats(sender, from: start, until: end, state)
                done.signal()
            }
        }
        thread {
            ingest(from: start, until: end, state)
            done.signal()
        }
        thread {
            command(from: start, until: end, state)
            done.signal()
        }
        for _ in 0..<HeartbeatLoad.senderCount + 2 { done.wait() }
        // The last command is on its way.
        sleep(1)
        state.isOver.store(true, ordering: .relaxed)
        return state.outcome.withLock { $0 }
    }

    private func thread(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.stackSize = 1 << 18
        thread.start()
    }

    private func exchange(
        _ connection: inout HTTPConnection, _ method: String, _ path: String, _ body: String = ""
    ) throws -> HTTPConnection.Answer {
        let headers = body.isEmpty ? [] : [("Content-Type", "application/json")]
        let answer = try connection.exchange(
            HTTPConnection.request(method, "/api/v1" + path, headers: headers, body: Array(body.utf8)))
        guard (200..<300).contains(answer.status) else {
            throw LoadError("\(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
        return answer
    }

    private func poll(_ device: Int, _ state: State) {
        do {
            var connection = try HTTPConnection(port: port)
            while !state.isOver.load(ordering: .relaxed) {
                let answer = try exchange(
                    &connection, "GET", "/fleet/devices/Robot-\(device)/commands?wait=\(min(interval, 60))s")
                let now = monotonicMicroseconds()
                let document = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
                for command in document?["commands"] as? [[String: Any]] ?? [] {
                    let arguments = command["arguments"] as? [String: Any]
                    guard let sent = arguments?["sent"] as? Int, let id = command["id"] as? Int else { continue }
                    state.note { $0.commands.append(Double(now - sent) / 1_000) }
                    _ = try exchange(
                        &connection, "POST", "/fleet/devices/Robot-\(device)/commands/\(id)/result",
                        #"{"status":"succeeded"}"#)
                }
            }
        } catch {
            state.fail(error)
        }
    }

    private func sendHeartbeats(_ first: Int, from start: Int, until end: Int, _ state: State) {
        do {
            var connection = try HTTPConnection(port: port)
            for round in 0... {
                for device in stride(from: first, to: deviceCount, by: HeartbeatLoad.senderCount) {
                    let due = start + (round * deviceCount + device) * interval * 1_000_000 / deviceCount
                    if due >= end { return }
                    let wait = due - monotonicMicroseconds()
                    if wait > 0 { usleep(UInt32(wait)) }
                    let metrics = #"{"cpu_usage":\#(device % 100),"memory_usage":40,"battery_level":\#(round % 100)}"#
                    _ = try exchange(
                        &connection, "POST", "/fleet/heartbeat",
                        #"{"device_id":"Robot-\#(device)","interval_ms":\#(interval * 1_000),"metrics":\#(metrics)}"#)
                    let took = Double(monotonicMicroseconds() - due) / 1_000
                    state.note { $0.heartbeats.append(took) }
                }
            }
        } catch {
            state.fail(error)
        }
    }

    private func ingest(from start: Int, until end: Int, _ state: State) {
        do {
            var connection = try HTTPConnection(port: port)
            let count = max(entryRate / HeartbeatLoad.batchesPerSecond, 1)
            for round in 0... {
                let due = start + round * 1_000_000 / HeartbeatLoad.batchesPerSecond
                if due >= end { return }
                let wait = due - monotonicMicroseconds()
                if wait > 0 { usleep(UInt32(wait)) }
                let entries = (0..<count).map { index in
                    #"{"device":"Robot-\#((round * count + index) % deviceCount)","session_id":"shift","module_name":"nav","#
                        + #""level":"INFO","message":"Waypoint \#(index) reached in round \#(round)"}"#
                }
                let body = "[" + entries.joined(separator: ",") + "]"
                _ = try exchange(&connection, "POST", "/logs/ingest", body)
                state.note {
                    $0.entryCount += count
                    $0.byteCount += body.utf8.count
                }
            }
        } catch {
            state.fail(error)
        }
    }

    private func command(from start: Int, until end: Int, _ state: State) {
        do {
            var connection = try HTTPConnection(port: port)
            for round in 0... {
                let due = start + round * 1_000_000
                if due >= end { return }
                let wait = due - monotonicMicroseconds()
                if wait > 0 { usleep(UInt32(wait)) }
                state.note { $0.sentCount += 1 }
                _ = try exchange(
                    &connection, "POST", "/fleet/commands",
                    #"{"device_id":"Robot-\#(round * 7 % deviceCount)","command":"note","arguments":{"sent":\#(monotonicMicroseconds())}}"#
                )
            }
        } catch {
            state.fail(error)
        }
    }
}
