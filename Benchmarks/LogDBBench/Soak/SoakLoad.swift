import Foundation
import Glibc
import Synchronization

/// Connections that each send the batches of one device at an even pace, each batch until it is acknowledged, and remember how
/// far they are.
final class SoakLoad: Sendable {
    static let batchEntryCount = 100
    /// Batches of a session, so that what is stored can be counted in parts.
    static let sessionBatchCount = 50

    private let server: RestartedServer
    private let connectionCount: Int
    /// Seconds between two batches of a connection; 0: as fast as they are acknowledged.
    private let interval: Double
    private let isStopping = Atomic(false)
    private let group = DispatchGroup()

    private struct Record {
        /// For each device, how many of its batches were acknowledged: all up to that one.
        var batchCounts: [Int]
        /// Since they were last taken, of batches that were sent once, in milliseconds.
        var latencies: [Double] = []
        var byteCount = 0
        var repeatedCount = 0
        var failures: [String] = []
    }
    private let record: Mutex<Record>

    /// - Parameter rate: Entries a second of all connections together.
    init(server: RestartedServer, connectionCount: Int, rate: Double) {
        self.server = server
        self.connectionCount = connectionCount
        interval = rate.isFinite ? Double(connectionCount * SoakLoad.batchEntryCount) / rate : 0
        record = Mutex(Record(batchCounts: [Int](repeating: 0, count: connectionCount)))
    }

    var batchCounts: [Int] { record.withLock { $0.batchCounts } }
    var acknowledgedEntryCount: Int { batchCounts.reduce(0, +) * SoakLoad.batchEntryCount }
    var byteCount: Int { record.withLock { $0.byteCount } }
    var repeatedCount: Int { record.withLock { $0.repeatedCount } }
    var failures: [String] { record.withLock { $0.failures } }

    /// The latencies since the last call, ascending, in milliseconds.
    func takeLatencies() -> [Double] {
        record.withLock { record in
            defer { record.latencies = [] }
            return record.latencies
        }.sorted()
    }

    static func device(_ number: Int) -> String { "Soak-\(number)" }
    static func session(ofBatch batch: Int) -> String { "s\(batch / sessionBatchCount)" }
    static func message(_ batch: Int, _ index: Int) -> String {
        "request \(batch)/\(index) took \((batch &* 7_919 &+ index &* 104_729) % 10_007) ms"
    }

    func start() {
        for number in 0..<connectionCount {
            group.enter()
            Thread { [self] in
                send(as: number)
                group.leave()
            }.start()
        }
    }

    /// Has each connection send what it has begun, and waits for that.
    func finish() {
        isStopping.store(true, ordering: .relaxed)
        group.wait()
    }

    private func send(as number: Int) {
        let start = ContinuousClock.now
        var batch = 0
        while !isStopping.load(ordering: .relaxed) {
            let wait = Double(batch) * interval - (ContinuousClock.now - start).seconds
            if wait > 0 { usleep(UInt32(min(wait, 1) * 1_000_000)) }
            if wait > 1 { continue }
            guard acknowledge(batch, of: number) else { return }
            batch += 1
        }
    }

    /// Sends a batch until the server has it.
    ///
    /// - Returns: False where it was refused for good.
    private func acknowledge(_ batch: Int, of number: Int) -> Bool {
        let request = SoakLoad.request(batch, of: number)
        var isRepeated = false
        while true {
            do throws(LoadError) {
                var connection = try HTTPConnection(port: server.port)
                let start = ContinuousClock.now
                let answer = try connection.exchange(request)
                let milliseconds = (ContinuousClock.now - start).seconds * 1_000
                if answer.status == 200 {
                    record.withLock { record in
                        record.batchCounts[number] += 1
                        record.byteCount += request.count
                        if !isRepeated { record.latencies.append(milliseconds) }
                    }
                    return true
                }
                guard answer.status == 429 || answer.status == 503 else {
                    let text = String(decoding: answer.body, as: UTF8.self)
                    record.withLock { $0.failures.append("\(answer.status) \(text)") }
                    return false
                }
            } catch {
                // The server was killed: the batch may be stored, and is sent again under its number.
                record.withLock { $0.repeatedCount += 1 }
            }
            isRepeated = true
            usleep(50_000)
        }
    }

    private static func request(_ batch: Int, of number: Int) -> [UInt8] {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let time = Int(now.tv_sec) * 1_000_000 + Int(now.tv_nsec) / 1_000
        let session = session(ofBatch: batch)
        var body = ""
        for index in 0..<batchEntryCount {
            let level = index % 20 == 0 ? "ERROR" : index % 7 == 0 ? "WARN" : "INFO"
            body += #"{"device":"\#(device(number))","session_id":"\#(session)","timestamp_us":\#(time + index),"#
            body += #""module_name":"module-\#(index % 5)","level":"\#(level)","message":"\#(message(batch, index))"}"#
            body += "\n"
        }
        return HTTPConnection.request(
            "POST", "/api/v1/logs/ingest",
            headers: [
                ("Content-Type", "application/x-ndjson"), ("X-Batch-Device", device(number)), ("X-Batch-Boot", "1"),
                ("X-Batch-Seq", String(batch + 1)),
            ], body: Array(body.utf8))
    }
}
