import LogModel
import Synchronization
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(2)))
struct EntryRingTests {
    private func messages(_ handovers: [EntryRing.Handover]) -> [String] {
        handovers.flatMap { handover in (0..<handover.batch.count).map { handover.batch[$0].message } }
    }

    private func put(_ number: Int) -> EntryRing.Handover {
        EntryRing.Handover(batch: SpoolFixture.batch([number]), isDroppable: false)
    }

    @Test func dropsTheOldestAndCountsThemByLevel() {
        let ring = EntryRing(capacity: 10, wake: {})
        let levels: [Level] = [.debug, .info, .warn, .error, .fatal]
        for start in stride(from: 0, to: 15, by: 5) {
            ring.take(Batch((start..<start + 5).map { SpoolFixture.entry($0, level: levels[$0 % 5]) }))
        }
        ring.take(Batch((15..<17).map { SpoolFixture.entry($0, level: levels[$0 % 5]) }))
        #expect(ring.count == 10)
        #expect(ring.takenCount == 17)
        let dropped = ring.takeDropped()
        #expect(dropped.byName == ["DEBUG": 2, "INFO": 2, "WARN": 1, "ERROR": 1, "FATAL": 1])
        #expect(ring.takeDropped().isEmpty)
        #expect(messages(ring.drain()) == (7..<17).map { "message \($0)" })
        #expect(ring.drain().isEmpty)
    }

    @Test func wakesOnceForWhatGathers() {
        let count = Mutex(0)
        let ring = EntryRing(capacity: 10, wake: { count.withLock { $0 += 1 } })
        for number in 0..<3 { ring.take(SpoolFixture.batch([number])) }
        #expect(count.withLock { $0 } == 1)
        _ = ring.drain()
        ring.take(SpoolFixture.batch([3]))
        #expect(count.withLock { $0 } == 2)
    }

    @Test func whoCanWaitWaitsAndLosesNothing() async throws {
        let ring = EntryRing(capacity: 3, wake: {})
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<20 { try await ring.put(put(number)) }
            }
            var found: [String] = []
            while found.count < 20 {
                // What others bring does not push it out.
                ring.take(SpoolFixture.batch([100]))
                found += messages(ring.drain()).filter { $0 != "message 100" }
                ring.settle()
                await Task.yield()
            }
            #expect(found == (0..<20).map { "message \($0)" })
            try await group.waitForAll()
        }
    }

    @Test func refusesWhoeverWaitsWhenItCloses() async throws {
        let ring = EntryRing(capacity: 1, wake: {})
        try await ring.put(put(0))
        let second = put(1)
        let waiting = Task { try await ring.put(second) }
        ring.close()
        await #expect(throws: AgentError.self) { try await waiting.value }
        #expect(messages(ring.drain()) == ["message 0"])
    }

    @Test func takesBackWhatCouldNotBeWritten() {
        let ring = EntryRing(capacity: 3, wake: {})
        ring.take(SpoolFixture.batch(0..<2))
        let taken = ring.drain()
        ring.take(SpoolFixture.batch(2..<4))
        ring.giveBack(taken)
        #expect(messages(ring.drain()) == (1..<4).map { "message \($0)" })
        #expect(ring.takeDropped().total == 1)
    }
}
