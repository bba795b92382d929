import Testing

@testable import LogDB

struct ReceivedSequencesTests {
    private func inserting(_ sequences: some Sequence<UInt64>) -> ReceivedSequences {
        var received = ReceivedSequences()
        for sequence in sequences { _ = received.insert(sequence) }
        return received
    }

    @Test func sequencesInOrderAreOneRange() {
        let received = inserting(1...5_000)
        #expect(received.ranges == [1...5_000])
        #expect(received.acknowledgedThrough == 5_000)
        #expect(received.answer(5_000) == .received)
        #expect(received.answer(5_001) == .new)
    }

    @Test func aGapHoldsTheAcknowledgementBackUntilItIsFilled() {
        var received = inserting([1, 2, 5, 6, 4])
        #expect(received.ranges == [1...2, 4...6])
        #expect(received.acknowledgedThrough == 2)
        #expect(received.answer(3) == .new)
        _ = received.insert(3)
        #expect(received.acknowledgedThrough == 6)
        #expect(inserting([0, 1]).acknowledgedThrough == 1)
        #expect(inserting([2, 3]).acknowledgedThrough == nil)
        #expect(ReceivedSequences().acknowledgedThrough == nil)
    }

    @Test func theFirstAndTheLastNumberCount() {
        let received = inserting([0, .max, .max - 1])
        #expect(received.ranges == [0...0, (.max - 1)...(.max)])
        #expect(received.answer(.max) == .received)
        #expect(received.answer(1) == .new)
    }

    @Test func anyOrderGivesTheSameRanges() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<30 {
            let sequences = (0..<200).map { _ in UInt64.random(in: 0...300, using: &generator) }
            var received = ReceivedSequences()
            var known: Set<UInt64> = []
            for sequence in sequences {
                #expect((received.answer(sequence) == .received) == known.contains(sequence))
                if known.insert(sequence).inserted { #expect(received.insert(sequence) == nil) }
            }
            #expect(Set(received.ranges.flatMap { Array($0) }) == known)
            for (left, right) in zip(received.ranges, received.ranges.dropFirst()) {
                #expect(left.upperBound + 1 < right.lowerBound)
            }
        }
    }

    @Test func pastItsBoundTheOldestGapIsGivenUpAndNothingIsTakenForReceived() {
        var received = inserting((0..<UInt64(ReceivedSequences.rangeCountMax)).map { 10 + $0 * 2 })
        #expect(received.ranges.count == ReceivedSequences.rangeCountMax)
        #expect(received.insert(100_000) == 10)
        #expect(received.ranges.count == ReceivedSequences.rangeCountMax)
        #expect(received.answer(11) == .unknown)
        #expect(received.answer(9) == .unknown)
        #expect(received.answer(10) == .unknown)
        #expect(received.answer(12) == .received)
        #expect(received.answer(13) == .new)
    }

    @Test func theWindowComesBack() throws {
        var received = inserting([1, 2, 3, 9, 100, .max])
        received.lastReceived = -5
        let bytes = received.encode()
        #expect(try bytes.withUnsafeBytes { try ReceivedSequences($0) } == received)
        let empty = ReceivedSequences().encode()
        #expect(try empty.withUnsafeBytes { try ReceivedSequences($0) } == ReceivedSequences())
    }

    @Test func hostileBytesThrowOrDecode() {
        let content = Array(inserting([1, 2, 3, 9, 100, 4_000, .max]).encode().dropLast(4))
        ColumnCoding.attack(content, seed: 3, rounds: 2_000) { bytes in
            var sealed = bytes
            Checksummed.seal(&sealed)
            let received = try sealed.withUnsafeBytes { try ReceivedSequences($0) }
            return zip(received.ranges, received.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
        }
    }
}
