import Foundation

/// The moments of kills, at random: seconds from the start.
struct KillTimes {
    private var random: SeededGenerator
    private let meanSeconds: Double
    private(set) var next: Double

    /// - Parameter meanSeconds: Between two; 0: there is none.
    init(seed: UInt64, meanSeconds: Double) {
        random = SeededGenerator(seed: seed)
        self.meanSeconds = meanSeconds
        next = 0
        advance(until: .infinity)
    }

    /// - Parameter end: After it there is none any more.
    mutating func advance(until end: Double) {
        guard meanSeconds > 0 else { return next = .infinity }
        let fraction = Double(random.next() >> 11) / Double(1 << 53)
        next += -meanSeconds * Foundation.log(1 - fraction) + 1
        if next > end { next = .infinity }
    }
}

/// Asks the server while it is loaded, notes its memory and the times of its answers, and kills it when that is due.
final class SoakWatch {
    struct Sample {
        /// From the start.
        var seconds: Double
        var residentMebibytes: Double?
        /// Of the batches since the last sample, in milliseconds.
        var acknowledgedP50: Double?
        var acknowledgedP99: Double?
        var questionMilliseconds: Double?
    }

    private let server: RestartedServer
    private let load: SoakLoad
    private let interval: Double
    private(set) var samples: [Sample] = []
    /// When, in seconds from the start.
    private(set) var kills: [Double] = []
    private(set) var readySecondsMax = 0.0
    private(set) var failures: [String] = []

    private static let question = "since:1m | stats count() as n by module, level"

    init(server: RestartedServer, load: SoakLoad, seconds: Int) {
        self.server = server
        self.load = load
        interval = Double(seconds)
    }

    /// Returns after `seconds`. Kills come in the first half: a server that is killed cannot show that its memory stays flat.
    func run(seconds: Double, kills times: KillTimes) {
        var times = times
        let start = ContinuousClock.now
        var due = interval
        while true {
            let next = min(due, times.next)
            guard next < seconds else { break }
            let wait = next - (ContinuousClock.now - start).seconds
            if wait > 0 { Thread.sleep(forTimeInterval: wait) }
            if times.next <= due {
                kills.append((ContinuousClock.now - start).seconds)
                do {
                    readySecondsMax = max(readySecondsMax, try server.killAndStart())
                } catch {
                    failures.append("\(error)")
                    return
                }
                times.advance(until: seconds / 2)
            } else {
                samples.append(sample(at: (ContinuousClock.now - start).seconds))
                due += interval
            }
        }
    }

    private func sample(at seconds: Double) -> Sample {
        var sample = Sample(seconds: seconds)
        let latencies = load.takeLatencies()
        if !latencies.isEmpty {
            sample.acknowledgedP50 = latencies.percentile(0.5)
            sample.acknowledgedP99 = latencies.percentile(0.99)
        }
        do {
            sample.residentMebibytes = Double(try server.residentByteCount()) / 1_048_576
            var client = try ServerClient(port: server.port)
            let outcome = try client.outcome(of: SoakWatch.question, limit: 100, isExported: false)
            if let refusal = outcome.refusal { failures.append("a question was refused: \(refusal)") }
            sample.questionMilliseconds = outcome.milliseconds
        } catch {
            failures.append("\(error)")
        }
        return sample
    }
}
