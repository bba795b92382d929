import Testing

@testable import Agent

/// The uploader's rules against a network that answers, refuses, loses and repeats at random, and a keeper that comes
/// back after a crash with what it had recorded.
struct UploadMachineRandomTests {
    /// What stays over crashes: the keeper's record on one side, the server's on the other.
    private struct World {
        var batches: [UploadBatch] = []
        var settledCount = 0
        var quarantined: Set<UInt64> = []
        /// What the server stored, by sequence: its content stands for the bytes.
        var stored: [UInt64: UploadBatch] = [:]
        var random: SeededRandom
    }

    @Test(arguments: 0..<200)
    func everyBatchIsSettledOnceInOrderAndStoredAtMostOnce(seed: UInt64) throws {
        var world = World(random: SeededRandom(seed: seed))
        var now = ContinuousClock.now
        for sequence in 1...UInt64(40) {
            world.batches.append(
                UploadBatch(sequence: sequence, entryCount: .random(in: 1...1_000, using: &world.random)))
        }
        var crashCount = 0
        while world.settledCount < world.batches.count {
            let mayCrash = crashCount < 5
            try runUntilCrash(&world, &now, machineSeed: world.random.next(), mayCrash: mayCrash)
            crashCount += 1
        }
        for batch in world.batches {
            // Refused for good and stored all the same: an answer that was lost, then a conflict. Never neither.
            #expect(world.stored[batch.sequence] == batch || world.quarantined.contains(batch.sequence))
        }
    }

    /// One life of the machine: it is told of all that is not settled, and of what becomes ready while it runs.
    private func runUntilCrash(
        _ world: inout World, _ now: inout ContinuousClock.Instant, machineSeed: UInt64, mayCrash: Bool
    ) throws {
        var machine = UploadMachine(seed: machineSeed)
        var onWire: UploadBatch?
        var waitUntil: ContinuousClock.Instant?
        var announcedCount = world.settledCount
        var isInputEnded = false
        for step in 0..<100_000 {
            if mayCrash, step > 0, Int.random(in: 0..<60, using: &world.random) == 0 { return }
            let event: UploadMachine.Event
            switch Int.random(in: 0..<4, using: &world.random) {
            case 0 where announcedCount < world.batches.count:
                event = .batchAvailable(world.batches[announcedCount])
                announcedCount += 1
            case 0 where !isInputEnded:
                event = .inputEnded
                isInputEnded = true
            case 1:
                now += .milliseconds(Int.random(in: 0...2_000, using: &world.random))
                if let until = waitUntil, now >= until { waitUntil = nil }
                event = .tick
            default:
                guard let batch = onWire else { continue }
                onWire = nil
                event = outcome(of: batch, &world)
            }
            for action in machine.handle(event, now: now) {
                switch action {
                case .send(let batch):
                    #expect(onWire == nil, "one at a time")
                    #expect(waitUntil == nil, "not before the wait is over")
                    #expect(batch == world.batches[world.settledCount], "the oldest that is not settled, unchanged")
                    onWire = batch
                case .wait(let until, let setback):
                    #expect(onWire == nil && until > now)
                    #expect(setback.batch == world.batches[world.settledCount])
                    waitUntil = until
                case .advance(let batch, _):
                    #expect(batch == world.batches[world.settledCount])
                    #expect(world.stored[batch.sequence] == batch, "acknowledged only what is stored")
                    world.settledCount += 1
                case .quarantine(let batch, _):
                    #expect(batch == world.batches[world.settledCount])
                    world.quarantined.insert(batch.sequence)
                    world.settledCount += 1
                case .stop(let end):
                    #expect(end == .finished)
                    #expect(world.settledCount == world.batches.count)
                    return
                }
            }
        }
        Issue.record("the machine does not come to an end")
    }

    private func outcome(of batch: UploadBatch, _ world: inout World) -> UploadMachine.Event {
        /// What a server does that knows a batch again.
        func store() -> UploadAnswer {
            if let known = world.stored[batch.sequence] {
                guard known == batch else { return UploadAnswer(status: 409) }
                return UploadAnswer(status: 200, receipt: UploadReceipt(duplicateCount: batch.entryCount))
            }
            world.stored[batch.sequence] = batch
            return UploadAnswer(status: 200, receipt: UploadReceipt(acceptedCount: batch.entryCount))
        }
        switch Int.random(in: 0..<10, using: &world.random) {
        case 0...3: return .answered(store())
        case 4:
            // Stored, and the answer lost.
            _ = store()
            return .failed("reset")
        case 5: return .failed("no route")
        case 6: return .answered(UploadAnswer(status: [500, 503, 507, 429].randomElement(using: &world.random) ?? 500))
        case 7: return .answered(UploadAnswer(status: 401))
        case 8: return .answered(UploadAnswer(status: 200))
        default:
            let isStored = world.stored[batch.sequence] != nil
            return .answered(isStored ? store() : UploadAnswer(status: 422))
        }
    }
}
