import Foundation
import Synchronization

/// Sends a prepared corpus to a server as fast as it acknowledges.
struct IngestLoad: Sendable {
    /// The bytes of each request, by connection.
    private let requests: [[[UInt8]]]
    let entryCount: Int
    /// Bytes of JSON, line ends included.
    let byteCount: Int

    struct Outcome {
        var wallSeconds: Double
        /// From the first byte sent to the answer received, one for each batch, ascending, in milliseconds.
        var latencies: [Double]
    }

    /// Makes every request before any time is taken. The batches go round the connections in turn.
    init(_ options: CorpusOptions, batchCount: Int, connectionCount: Int) {
        var corpus = Corpus(options)
        var requests = [[[UInt8]]](repeating: [], count: connectionCount)
        var byteCount = 0
        var body: [UInt8] = []
        var connection = 0
        while corpus.appendLines(batchCount, to: &body) > 0 {
            requests[connection].append(
                HTTPConnection.request(
                    "POST", "/api/v1/logs/ingest", headers: [("Content-Type", "application/x-ndjson")], body: body))
            connection = (connection + 1) % connectionCount
            byteCount += body.count
            body.removeAll(keepingCapacity: true)
        }
        self.requests = requests
        self.entryCount = corpus.index
        self.byteCount = byteCount
    }

    /// Sends everything, each connection on a thread of its own, and waits for the last acknowledgement.
    func run(port: UInt16) throws -> Outcome {
        let outcome = Mutex((latencies: [Double](), failure: LoadError?.none))
        let done = DispatchSemaphore(value: 0)
        let start = ContinuousClock.now
        for batches in requests {
            Thread {
                do throws(LoadError) {
                    let latencies = try IngestLoad.send(batches, port: port)
                    outcome.withLock { $0.latencies += latencies }
                } catch {
                    outcome.withLock { $0.failure = error }
                }
                done.signal()
            }.start()
        }
        for _ in requests { done.wait() }
        let wallSeconds = (ContinuousClock.now - start).seconds
        let (latencies, failure) = outcome.withLock { $0 }
        if let failure { throw failure }
        return Outcome(wallSeconds: wallSeconds, latencies: latencies.sorted())
    }

    private static func send(_ batches: [[UInt8]], port: UInt16) throws(LoadError) -> [Double] {
        var connection = try HTTPConnection(port: port)
        var latencies: [Double] = []
        latencies.reserveCapacity(batches.count)
        for batch in batches {
            let start = ContinuousClock.now
            let answer = try connection.exchange(batch)
            latencies.append((ContinuousClock.now - start).seconds * 1_000)
            guard answer.status == 200 else {
                throw LoadError(
                    "a batch was answered with \(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
            }
        }
        return latencies
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension [Double] {
    /// The value below which `fraction` of the ascending values lie; 0 when there are none.
    func percentile(_ fraction: Double) -> Double {
        isEmpty ? 0 : self[Swift.min(count - 1, Int(Double(count) * fraction))]
    }
}
