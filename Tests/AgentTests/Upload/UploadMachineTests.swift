import Testing

@testable import Agent

/// Every transition of the uploader's rules.
struct UploadMachineTests {
    private let start = ContinuousClock.now
    private let first = UploadBatch(sequence: 1, entryCount: 10)
    private let second = UploadBatch(sequence: 2, entryCount: 20)
    private let receipt = UploadReceipt(acceptedCount: 10)

    private func machine() -> UploadMachine { UploadMachine(seed: 1) }

    /// A machine whose first batch is on the wire and whose second waits.
    private func sending() -> UploadMachine {
        var machine = machine()
        #expect(machine.handle(.batchAvailable(first), now: start) == [.send(first)])
        #expect(machine.handle(.batchAvailable(second), now: start) == [])
        return machine
    }

    private func wait(_ actions: [UploadMachine.Action]) throws -> (ContinuousClock.Instant, UploadMachine.Setback) {
        guard actions.count == 1, case .wait(let until, let setback) = actions[0] else {
            throw Unexpected(actions: actions)
        }
        return (until, setback)
    }

    private struct Unexpected: Error { var actions: [UploadMachine.Action] }

    @Test func sendsBatchesOneAfterTheOtherAndStopsAtTheEnd() {
        var machine = sending()
        let taken = UploadAnswer(status: 200, receipt: receipt)
        #expect(machine.handle(.answered(taken), now: start) == [.advance(first, receipt), .send(second)])
        #expect(machine.handle(.inputEnded, now: start) == [])
        #expect(machine.handle(.answered(taken), now: start) == [.advance(second, receipt), .stop(.finished)])
        #expect(machine.handle(.batchAvailable(first), now: start) == [])
    }

    @Test func stopsAtOnceWithoutAnyBatch() {
        var machine = machine()
        #expect(machine.handle(.inputEnded, now: start) == [.stop(.finished)])
    }

    @Test(arguments: [500, 502, 503, 504, 507, 429, 408, 418, 201, 204, 100])
    func triesAgainWhateverMayPass(status: Int) throws {
        var machine = sending()
        let (until, setback) = try wait(machine.handle(.answered(UploadAnswer(status: status)), now: start))
        #expect(until >= start + .milliseconds(100) && until <= start + .milliseconds(200))
        #expect(setback.batch == first)
        #expect(setback.failureCount == 1)
        #expect(setback.reason.contains("\(status)"))
        #expect(machine.handle(.tick, now: until - .microseconds(1)) == [])
        #expect(machine.handle(.tick, now: until) == [.send(first)])
        #expect(machine.handle(.tick, now: until) == [])
    }

    @Test func triesAgainWhenNoAnswerCame() throws {
        var machine = sending()
        let (until, setback) = try wait(machine.handle(.failed("connect: refused"), now: start))
        #expect(setback.reason == "connect: refused")
        #expect(machine.handle(.tick, now: until) == [.send(first)])
    }

    @Test func believesOnlyAReceipt() throws {
        var machine = sending()
        let (_, setback) = try wait(machine.handle(.answered(UploadAnswer(status: 200)), now: start))
        #expect(setback.reason.contains("not the answer of an ingest route"))
    }

    @Test(arguments: [401, 403])
    func waitsLongerForAPermission(status: Int) throws {
        var machine = sending()
        let (until, _) = try wait(machine.handle(.answered(UploadAnswer(status: status)), now: start))
        #expect(until >= start + .milliseconds(2_500) && until <= start + .seconds(5))
        #expect(machine.handle(.tick, now: until) == [.send(first)])
    }

    @Test(arguments: [400, 409, 413, 415, 422])
    func setsAsideWhatIsRefusedForGood(status: Int) {
        var machine = sending()
        let answer = UploadAnswer(status: status, detail: "no")
        #expect(machine.handle(.answered(answer), now: start) == [.quarantine(first, answer), .send(second)])
    }

    @Test(arguments: [301, 308, 404, 405, 410])
    func stopsWhereThereIsNoIngestRoute(status: Int) throws {
        var machine = sending()
        let actions = machine.handle(.answered(UploadAnswer(status: status)), now: start)
        guard case .stop(.impossible(let reason)) = try #require(actions.first) else {
            throw Unexpected(actions: actions)
        }
        #expect(actions.count == 1)
        #expect(reason.contains("\(status)"))
        #expect(machine.handle(.tick, now: start + .seconds(9_999)) == [])
    }

    @Test func stopsWhenTheRequestCannotBeMade() {
        var machine = sending()
        #expect(machine.handle(.impossible("bad URL"), now: start) == [.stop(.impossible("bad URL"))])
    }

    @Test func waitsTwiceAsLongEachTimeUpToABound() throws {
        var machine = sending()
        var now = start
        var waits: [Duration] = []
        for failureCount in 1...40 {
            let (until, setback) = try wait(machine.handle(.failed("down"), now: now))
            #expect(setback.failureCount == failureCount)
            waits.append(until - now)
            now = until
            #expect(machine.handle(.tick, now: now) == [.send(first)])
        }
        for (index, wait) in waits.enumerated() {
            let full = min(Duration.seconds(30), Duration.milliseconds(200) * (1 << min(index, 20)))
            #expect(wait >= full / 2 && wait <= full)
        }
        // The random part is there, and a success forgets the failures.
        #expect(Set(waits.suffix(10)).count == 10)
        #expect(
            machine.handle(.answered(UploadAnswer(status: 200, receipt: receipt)), now: now)
                == [.advance(first, receipt), .send(second)])
        let (until, setback) = try wait(machine.handle(.failed("down"), now: now))
        #expect(setback.failureCount == 1 && until - now <= .milliseconds(200))
    }

    @Test func honoursRetryAfterWithinReason() throws {
        for (asked, waited) in [(Duration.seconds(7), Duration.seconds(7)), (.seconds(1 << 40), .seconds(3_600))] {
            var machine = sending()
            let answer = UploadAnswer(status: 503, retryAfter: asked)
            #expect(try wait(machine.handle(.answered(answer), now: start)).0 == start + waited)
        }
        // Asked for less than the back-off: the longer of the two.
        var machine = sending()
        let answer = UploadAnswer(status: 503, retryAfter: .zero)
        #expect(try wait(machine.handle(.answered(answer), now: start)).0 >= start + .milliseconds(100))
    }

    @Test func drainsWhatGoesWellAndNothingElse() throws {
        var going = sending()
        #expect(going.handle(.drain, now: start) == [])
        #expect(
            going.handle(.answered(UploadAnswer(status: 200, receipt: receipt)), now: start)
                == [.advance(first, receipt), .send(second)])
        #expect(going.handle(.failed("down"), now: start) == [.stop(.drained(leftCount: 1))])

        var waiting = sending()
        _ = try wait(waiting.handle(.failed("down"), now: start))
        #expect(waiting.handle(.drain, now: start) == [.stop(.drained(leftCount: 2))])

        var idle = machine()
        #expect(idle.handle(.drain, now: start) == [])
        #expect(idle.handle(.inputEnded, now: start) == [.stop(.finished)])
    }

    @Test func passesOverEventsThatDoNotFit() {
        var machine = machine()
        #expect(machine.handle(.answered(UploadAnswer(status: 200, receipt: receipt)), now: start) == [])
        #expect(machine.handle(.failed("late"), now: start) == [])
        #expect(machine.handle(.tick, now: start) == [])
    }

    @Test func theSameSeedGivesTheSameWaits() {
        func waits(seed: UInt64) -> [UploadMachine.Action] {
            var machine = UploadMachine(seed: seed)
            _ = machine.handle(.batchAvailable(first), now: start)
            return machine.handle(.failed("down"), now: start)
        }
        #expect(waits(seed: 5) == waits(seed: 5))
        #expect(waits(seed: 5) != waits(seed: 6))
    }
}
