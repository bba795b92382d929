import Testing

@testable import LogDB

@Suite struct WordSetTests {
    @Test func holdsEachWordOnceAlsoAfterItIsCleared() {
        var random = TextRandom(seed: 4)
        var set = WordSet()
        for size in [0, 1, 511, 513, 5_000, 100] {
            set.removeAll()
            var expected: Set<UInt64> = []
            for _ in 0..<size {
                let hash = random.next()
                set.insert(hash)
                set.insert(hash)
                expected.insert(hash | 1)
            }
            var held: [UInt64] = []
            set.forEach { held.append($0) }
            #expect(set.count == expected.count && held.count == expected.count && Set(held) == expected)
        }
    }

    @Test func aHashOfZeroIsAWord() {
        var set = WordSet()
        set.insert(0)
        #expect(set.count == 1)
    }
}
