import Testing

@testable import LogDB

struct MergePlannerTests {
    private let remover = SegmentRemover()

    private func segment(_ id: UInt64, day: Int32 = 0, rows: UInt64, blocks: Int = 1) -> Segment {
        var record = SegmentRecord(id: id, state: .live, day: day, blockNumbers: 0..<1)
        record.rowCount = rows
        record.blockCount = blocks
        remover.didCreate(day: day)
        return Segment(record, remover: remover)
    }

    private func segments(_ rows: [UInt64], day: Int32 = 0) -> [Segment] {
        rows.enumerated().map { segment(UInt64($0.offset) + 1, day: day, rows: $0.element) }
    }

    private let options: Options = {
        var options = Options()
        options.mergeFanIn = 4
        options.mergeRowCountMax = 1_000
        return options
    }()

    private func next(_ segments: [Segment]) -> [UInt64]? {
        MergePlanner.next(segments, options: options)?.map(\.record.rowCount)
    }

    @Test func fewerThanTheFanInStay() {
        #expect(next([]) == nil)
        #expect(next(segments([1, 1, 1])) == nil)
        #expect(next(segments([1, 1, 1, 1])) == [1, 1, 1, 1])
    }

    @Test func segmentsThatAreLargeEnoughStay() {
        #expect(next(segments([1_000, 1_000, 2_000, 1, 1, 1])) == nil)
        #expect(next(segments([1_000, 3, 4, 1, 2])) == [1, 2, 3, 4])
    }

    @Test func aMergedSegmentIsWithinItsBound() {
        #expect(next(segments([300, 300, 300, 300])) == nil)
        #expect(next(segments([200, 200, 200, 200, 200, 200])) == [200, 200, 200, 200, 200])
        #expect(MergePlanner.next((1...4).map { segment($0, rows: 1, blocks: 1_000) }, options: options) == nil)
    }

    /// A large one among small ones would be written again for little.
    @Test func aSegmentThatIsFarLargerThanTheOthersWaits() {
        #expect(next(segments([1, 1, 1, 500])) == nil)
        #expect(next(segments([1, 1, 1, 1, 500])) == [1, 1, 1, 1])
        #expect(next(segments([100, 100, 100, 500])) == [100, 100, 100, 500])
    }

    @Test func daysAreMergedApartTheOneWithMostFirst() {
        let two = segments([1, 2, 3, 4], day: 1) + segments([5, 6, 7, 8, 9], day: 2)
        #expect(MergePlanner.next(two, options: options)?.map(\.record.day) == [2, 2, 2, 2, 2])
        #expect(next(segments([1, 2, 3], day: 1) + segments([1, 2, 3], day: 2)) == nil)
    }

    /// A day that no new segments come to is tidied up, but not again and again for what trickles in.
    @Test func aQuietDayIsMergedWhateverItsSegments() {
        let newest = segment(1_000, day: 9, rows: 1)
        #expect(next(segments([3, 4]) + [newest]) == [3, 4])
        #expect(next(segments([3]) + [newest]) == nil)
        #expect(next(segments([3, 400]) + [newest]) == nil)
        #expect(next(segments([600, 700]) + [newest]) == nil)
        #expect(next(segments([3, 4]) + [segment(990, rows: 5), newest]) == nil)
    }

    @Test func mergingTurnedOffPlansNothing() {
        var off = options
        off.mergeRowCountMax = 0
        #expect(MergePlanner.next(segments([1, 1, 1, 1, 1]), options: off) == nil)
        #expect(MergePlanner.all(segments([2, 2, 2]), options: off).isEmpty)
    }

    @Test func aFullCompactionTakesAllOfEveryDay() {
        let all = segments([1, 600, 2, 300], day: 2) + segments([7, 8], day: 1) + segments([5], day: 3)
        let groups = MergePlanner.all(all, options: options).map { $0.map(\.record.rowCount) }
        #expect(groups == [[7, 8], [1, 2, 300, 600]])
        let large = MergePlanner.all(segments([400, 500, 400, 300, 1_000, 999]), options: options)
        #expect(large.map { $0.map(\.record.rowCount) } == [[300, 400], [400, 500]])
    }

    /// Every plan is carried out until there is none: it ends, each group fits, and no row is in two.
    @Test func planningComesToAnEnd() {
        var generator = SeededGenerator(seed: 91)
        for _ in 0..<50 {
            var left = (0..<Int.random(in: 0...60, using: &generator)).map {
                segment(
                    UInt64($0) + 1, day: Int32.random(in: 0...2, using: &generator),
                    rows: UInt64.random(in: 1...400, using: &generator))
            }
            let total = left.reduce(0) { $0 + $1.record.rowCount }
            var id: UInt64 = 1_000
            while let group = MergePlanner.next(left, options: options) {
                let rows = group.reduce(0) { $0 + $1.record.rowCount }
                // Days become quiet here as soon as another's segments are merged.
                #expect(group.count >= 2 && rows <= 1_000)
                #expect(Set(group.map(\.record.day)).count == 1)
                let ids = Set(group.map(\.record.id))
                #expect(ids.count == group.count)
                left.removeAll { ids.contains($0.record.id) }
                id += 1
                left.append(segment(id, day: group[0].record.day, rows: rows))
            }
            #expect(left.reduce(0) { $0 + $1.record.rowCount } == total)
        }
    }
}
