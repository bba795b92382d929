import Foundation
import Glibc
import Synchronization

/// Devices that each send a batch a second, at their own moment of it.
struct FleetLoad {
    struct Outcome {
        var acknowledged = 0
        var byteCount = 0
        /// From the moment at which a batch was due to its acknowledgement, in milliseconds.
        var latencies: [Double] = []
        var failures: [String] = []
    }

    let port: UInt16
    let deviceCount: Int
    let tailCount: Int
    let entryCount: Int
    let roundCount: Int

    /// Each sends for some devices in turn; enough of them that a slow answer holds few up.
    private static let threadCountMax = 64

    private final class Device {
        var connection: HTTPConnection
        let number: Int
        init(_ number: Int, port: UInt16) throws(LoadError) {
            self.number = number
            connection = try HTTPConnection(port: port)
        }
    }

    /// Sends everything and waits for the last answer.
    ///
    /// - Parameter meanwhile: Called about once a second.
    func send(meanwhile: () -> Void) throws -> Outcome {
        let outcome = Mutex(Outcome())
        let threadCount = min(FleetLoad.threadCountMax, deviceCount)
        let done = DispatchSemaphore(value: 0)
        // Time for all connections to be made.
        let start = monotonicMicroseconds() + 2_000_000
        for index in 0..<threadCount {
            let load = self
            Thread {
                let part = load.send(from: index, by: threadCount, start: start)
                outcome.withLock { whole in
                    whole.acknowledged += part.acknowledged
                    whole.byteCount += part.byteCount
                    whole.latencies += part.latencies
                    whole.failures += part.failures
                }
                done.signal()
            }.start()
        }
        var left = threadCount
        while left > 0 {
            if done.wait(timeout: .now() + 1) == .success { left -= 1 } else { meanwhile() }
        }
        return outcome.withLock { $0 }
    }

    private func send(from first: Int, by step: Int, start: Int) -> Outcome {
        var outcome = Outcome()
        do {
            let devices = try stride(from: first, to: deviceCount, by: step).map { try Device($0, port: port) }
            for round in 0..<roundCount {
                for device in devices {
                    let due = start + round * 1_000_000 + device.number * 1_000_000 / deviceCount
                    let wait = due - monotonicMicroseconds()
                    if wait > 0 { usleep(UInt32(wait)) }
                    let body = batch(of: device.number, round: round, due: due)
                    let request = HTTPConnection.request(
                        "POST", "/api/v1/logs/ingest",
                        headers: [
                            ("Content-Type", "application/x-ndjson"), ("X-Batch-Device", "Robot-\(device.number)"),
                            ("X-Batch-Boot", "1"), ("X-Batch-Seq", String(round + 1)),
                        ], body: body)
                    let answer = try device.connection.exchange(request)
                    outcome.latencies.append(Double(monotonicMicroseconds() - due) / 1_000)
                    outcome.byteCount += body.count
                    if answer.status == 200 {
                        outcome.acknowledged += 1
                    } else {
                        outcome.failures.append("\(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
                    }
                }
            }
        } catch {
            outcome.failures.append("\(error)")
        }
        return outcome
    }

    private func batch(of device: Int, round: Int, due: Int) -> [UInt8] {
        let levels = ["DEBUG", "INFO", "INFO", "WARN", "ERROR"]
        var body = ""
        for index in 0..<entryCount {
            body += #"{"device":"Robot-\#(device)","session_id":"shift-\#(device % 7)","module_name":"navigation","#
            body +=
                #""level":"\#(levels[index % 5])","message":"Waypoint \#(index) reached in round \#(round), sent=\#(due);","#
            body += #""context":{"watch":"t\#(device % tailCount)","retry_count":"\#(index % 3)"}}"# + "\n"
        }
        return Array(body.utf8)
    }
}

/// Connections whose requests never end.
final class SlowConnections {
    private let sockets: [RawSocket]

    init(port: UInt16, count: Int) throws(LoadError) {
        var sockets: [RawSocket] = []
        for _ in 0..<count {
            let socket = try RawSocket(port: port)
            socket.send("POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            sockets.append(socket)
        }
        self.sockets = sockets
    }

    /// A byte more of each.
    func goOn() { for socket in sockets { socket.send("x") } }
}
