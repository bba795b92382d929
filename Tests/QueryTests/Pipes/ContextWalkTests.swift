import LogDB
import Testing

@testable import Query

/// The stretches of neighbours that a walk finds are those that are found by looking at every entry.
@Suite struct ContextWalkTests {
    private struct Case {
        var places: [EntryPlace]
        var matches: [Int]
        var neighbours: Neighbours
    }

    private static func place(_ time: Int64, _ sequence: Int) -> EntryPlace {
        EntryPlace(.init(time: time, device: 1, session: 1, sequence: UInt64(sequence)))
    }

    private static func random(_ random: inout SeededGenerator) -> Case {
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        let count = [3, 50, 1_000, 12_000][number(0...3)]
        var time: Int64 = 0
        let places = (0..<count).map { index in
            time += Int64(number(0...3))
            return place(time, index)
        }
        let matches = Set((0..<number(1...[1, 3, 40][number(0...2)])).map { _ in number(0...(count - 1)) }).sorted()
        let within: Int64? = number(0...1) == 0 ? nil : Int64(number(0...30))
        let most = [0, 1, 5, 300][number(0...3)]
        return Case(
            places: places, matches: matches,
            neighbours: Neighbours(before: number(0...most), after: number(0...most), within: within))
    }

    /// The indexes of the matches and their neighbours.
    private static func expected(_ tried: Case) -> Set<Int> {
        var wanted: Set<Int> = []
        for match in tried.matches {
            let first = max(0, match - tried.neighbours.before)
            let last = min(tried.places.count - 1, match + tried.neighbours.after)
            for index in first...last {
                let distance = abs(tried.places[index].time - tried.places[match].time)
                if tried.neighbours.within.map({ distance <= $0 }) ?? true { wanted.insert(index) }
            }
        }
        return wanted
    }

    /// Feeds a walk as the pipe does, from the entries at hand.
    private static func walked(_ tried: Case) -> [ContextStretch] {
        let places = tried.places
        var walk = ContextWalk(tried.matches.map { places[$0] }, tried.neighbours)
        while let match = walk.begin() {
            let index = places.firstIndex(of: match)!
            let before = places[max(0, index - tried.neighbours.before)..<index].filter { place in
                tried.neighbours.within.map { match.time - place.time <= $0 } ?? true
            }
            walk.begins(with: before.first)
            var next = index + 1
            while let count = walk.wantedCount {
                let later = places[next..<min(places.count, next + count)]
                walk.add(Array(later))
                next += later.count
                if later.count < count { break }
            }
            walk.end()
        }
        return walk.stretches
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func stretchesAreTheNeighbours(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        for _ in 0..<60 {
            let tried = Self.random(&random)
            let stretches = Self.walked(tried)
            let found = tried.places.indices.filter { index in
                stretches.contains { $0.first <= tried.places[index] && tried.places[index] <= $0.last }
            }
            #expect(Set(found) == Self.expected(tried), "\(tried.matches), \(tried.neighbours)")
            #expect(zip(stretches, stretches.dropFirst()).allSatisfy { $0.last < $1.first })
        }
    }
}
