import Foundation
import HTTPTransport
import LogModel
import Testing

/// Remembers which batches were sent and which were acknowledged, and says what a store should hold.
///
/// A batch's content follows from its device and sequence alone, so that it can be made again at the end.
actor BatchOracle {
    static let boot = "boot-1"

    struct Batch: Hashable, Sendable {
        var sender: Int
        var sequence: UInt64

        var device: String { "sender-\(sender)" }
        var session: String { "batch-\(sequence)" }

        var entries: [Entry] {
            var random = SeededGenerator(seed: sequence &* 31 &+ UInt64(sender))
            let start = KillServerTests.start.microseconds + Int64(sequence) * 1_000_000
            return (0..<Int.random(in: 1...120, using: &random)).map { index in
                Entry(
                    time: Timestamp(microseconds: start + Int64.random(in: 0..<1_000_000, using: &random)),
                    level: .info, device: device, session: session, module: "faults",
                    message: "entry \(index) of batch \(sequence), token \(random.next())")
            }
        }

        var body: String { entries.map { (try? $0.line()) ?? "" }.joined(separator: "\n") }
    }

    private enum State {
        case sent
        case acknowledged
    }

    /// Counts up with each kill; a sender of an earlier cycle stops.
    private(set) var cycle = 0
    private var states: [Batch: State] = [:]
    private var lastSequence: [Int: UInt64] = [:]
    private var withoutAnswer: [Int: Batch] = [:]
    private var unansweredCount = 0

    var counts: (acknowledged: Int, unanswered: Int) {
        (states.values.count { $0 == .acknowledged }, unansweredCount)
    }

    func endCycle() { cycle += 1 }

    func nextBatch(sender: Int, isRepeating: Bool) -> Batch {
        if let batch = withoutAnswer.removeValue(forKey: sender), isRepeating { return batch }
        let batch = Batch(sender: sender, sequence: lastSequence[sender, default: 0] + 1)
        lastSequence[sender] = batch.sequence
        states[batch] = .sent
        return batch
    }

    func unanswered(_ batch: Batch) {
        withoutAnswer[batch.sender] = batch
        unansweredCount += 1
    }

    func answered(_ batch: Batch, _ reply: HTTPReply) {
        struct Receipt: Decodable {
            var accepted: Int
            var duplicates: Int
            var rejected: Int
        }
        guard reply.status == 200, let receipt = try? JSONDecoder().decode(Receipt.self, from: Data(reply.body)) else {
            Issue.record("batch \(batch) was answered \(reply.status): \(String(decoding: reply.body, as: UTF8.self))")
            return
        }
        let count = batch.entries.count
        // All of it now, or all of it before an answer that was lost.
        #expect([0, count].contains(receipt.accepted) && receipt.accepted + receipt.duplicates == count, "\(batch)")
        #expect(receipt.rejected == 0)
        states[batch] = .acknowledged
    }

    /// Every difference between the rows and what may be stored, the first few of them.
    func differences(from rows: [StoredRow]) -> [String] {
        var found: [String: [Entry]] = [:]
        var broken: [String] = []
        for row in rows {
            guard let entry = try? row.entry() else {
                broken.append("not an entry: \(row)")
                continue
            }
            found["\(entry.device)/\(entry.session)", default: []].append(entry)
        }
        for (batch, state) in states {
            let entries = found.removeValue(forKey: "\(batch.device)/\(batch.session)") ?? []
            if entries.isEmpty && state == .sent { continue }
            let differences = EndToEndTests.differences(found: entries, expected: batch.entries)
            if !differences.isEmpty {
                broken.append("batch \(batch.sequence) of \(batch.device), \(state): \(differences[0])")
            }
        }
        broken += found.keys.map { "nobody sent \($0)" }
        return Array(broken.sorted().prefix(10))
    }
}
