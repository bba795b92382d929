import Foundation
import Glibc
import LogModel
import Synchronization

/// Requests that were made before any time is taken, for each connection those that it sends.
struct PreparedLoad: Sendable {
    private(set) var requests: [[[UInt8]]]
    private(set) var entryCount = 0
    /// Bytes of the bodies.
    private(set) var byteCount = 0
    private var nextConnection = 0

    init(connectionCount: Int) { requests = [[[UInt8]]](repeating: [], count: connectionCount) }

    /// Adds a request to ingest `body`; the requests go round the connections in turn.
    mutating func add(_ body: [UInt8], entryCount: Int, headers: [(String, String)]) {
        let request = HTTPConnection.request("POST", "/api/v1/logs/ingest", headers: headers, body: body)
        requests[nextConnection].append(request)
        nextConnection = (nextConnection + 1) % requests.count
        self.entryCount += entryCount
        byteCount += body.count
    }
}

extension PreparedLoad {
    /// NDJSON in batches of `batchCount`, in the corpus' order, with the right answers to the questions.
    static func lines(
        _ options: CorpusOptions, batchCount: Int, connectionCount: Int
    ) -> (load: PreparedLoad, classes: [QueryClass]) {
        var load = PreparedLoad(connectionCount: connectionCount)
        var corpus = AnsweredCorpus(options)
        var body: [UInt8] = []
        while case let count = corpus.appendLines(batchCount, to: &body), count > 0 {
            load.add(body, entryCount: count, headers: [("Content-Type", "application/x-ndjson")])
            body.removeAll(keepingCapacity: true)
        }
        return (load, corpus.answered)
    }

    /// What agents would send: for each device frames of `batchCount` entries, numbered, in the order in which they
    /// are full.
    ///
    /// - Throws: When the decoder refuses an entry of the corpus.
    static func frames(
        _ options: CorpusOptions, batchCount: Int, connectionCount: Int
    ) throws(LoadError) -> PreparedLoad {
        var load = PreparedLoad(connectionCount: connectionCount)
        var corpus = Corpus(options)
        var compressor = ZstdCompressor()
        var decoders = (0..<CorpusOptions.deviceCount).map { _ in EntryDecoder(defaults: .init(receivedAt: options.end))
        }
        var waiting = [Int](repeating: 0, count: decoders.count)
        var sequences = waiting
        func send(_ device: Int) {
            let batch = decoders[device].takeBatch()
            waiting[device] = 0
            sequences[device] += 1
            load.add(
                BatchFrame.encode(batch, level: 3, using: &compressor), entryCount: batch.count,
                headers: [
                    ("Content-Type", BatchFrame.mediaType), ("X-Batch-Device", SessionPlan.deviceName(device)),
                    ("X-Batch-Boot", "1"), ("X-Batch-Seq", String(sequences[device])),
                ])
        }
        var line: [UInt8] = []
        while let entry = corpus.appendLine(to: &line) {
            _ = line.withUnsafeBytes { decoders[entry.device].decodeLines($0, isLast: true) }
            line.removeAll(keepingCapacity: true)
            waiting[entry.device] += 1
            if waiting[entry.device] == batchCount { send(entry.device) }
        }
        for device in decoders.indices where waiting[device] > 0 { send(device) }
        if let rejection = decoders.lazy.compactMap(\.rejections.first).first {
            throw LoadError("an entry of the corpus is refused: \(rejection.code): \(rejection.detail)")
        }
        return load
    }
}

extension PreparedLoad {
    struct Outcome {
        var wallSeconds: Double
        /// From the first byte sent to the acknowledgement, one for each request, ascending, in milliseconds.
        var latencies: [Double]
        /// How often the server could take no more (429) and the request was sent again.
        var refusalCount: Int
    }

    /// How long a refused request waits before it is sent again, in microseconds.
    private static let refusalPause: UInt32 = 100_000

    /// Sends everything as fast as it is acknowledged, each connection on a thread of its own, and waits for the last
    /// acknowledgement.
    func send(port: UInt16) throws -> Outcome {
        let outcome = Mutex((latencies: [Double](), refusalCount: 0, failure: LoadError?.none))
        let done = DispatchSemaphore(value: 0)
        let start = ContinuousClock.now
        for requests in requests {
            Thread {
                do throws(LoadError) {
                    let (latencies, refusalCount) = try PreparedLoad.send(requests, port: port)
                    outcome.withLock {
                        $0.latencies += latencies
                        $0.refusalCount += refusalCount
                    }
                } catch {
                    outcome.withLock { $0.failure = error }
                }
                done.signal()
            }.start()
        }
        for _ in requests { done.wait() }
        let wallSeconds = (ContinuousClock.now - start).seconds
        let (latencies, refusalCount, failure) = outcome.withLock { $0 }
        if let failure { throw failure }
        return Outcome(wallSeconds: wallSeconds, latencies: latencies.sorted(), refusalCount: refusalCount)
    }

    private static func send(
        _ requests: [[UInt8]], port: UInt16
    ) throws(LoadError) -> (latencies: [Double], refusalCount: Int) {
        var connection = try HTTPConnection(port: port)
        var latencies: [Double] = []
        latencies.reserveCapacity(requests.count)
        var refusalCount = 0
        for request in requests {
            let start = ContinuousClock.now
            var answer = try connection.exchange(request)
            while answer.status == 429 {
                refusalCount += 1
                usleep(refusalPause)
                answer = try connection.exchange(request)
            }
            latencies.append((ContinuousClock.now - start).seconds * 1_000)
            guard answer.status == 200 else {
                throw LoadError(
                    "a batch was answered with \(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
            }
        }
        return (latencies, refusalCount)
    }
}

extension [Double] {
    /// The value below which `fraction` of the ascending values lie; 0 when there are none.
    func percentile(_ fraction: Double) -> Double {
        isEmpty ? 0 : self[Swift.min(count - 1, Int(Double(count) * fraction))]
    }
}
