import Testing

@testable import LogDB

struct OptionsTests {
    @Test(arguments: [Options.memoryByteCountMin, Options.memoryByteCountDefault, 4 << 30, 64 << 30])
    func theSharesOfAMemoryAreValidAndFit(_ byteCount: Int) {
        let options = Options(memoryByteCount: byteCount)
        #expect(options.validate() == [])
        // Three heads, a merge, and the caches.
        let total =
            3 * options.headByteCountMax + 100 * options.mergeRowCountMax + options.cacheByteCount
            + options.memtableByteCountMax + options.directoryCacheByteCount + options.columnCacheByteCount
        #expect(total <= byteCount * 4 / 5)
    }

    @Test func moreMemoryMakesLargerParts() {
        let (small, large) = (Options(memoryByteCount: 128 << 20), Options(memoryByteCount: 1 << 30))
        #expect(small.headByteCountMax < large.headByteCountMax)
        #expect(small.mergeRowCountMax < large.mergeRowCountMax)
        #expect(small.cacheByteCount < large.cacheByteCount)
    }

    @Test func everyOptionThatIsOutOfBoundsIsNamed() {
        var options = Options()
        options.memtableByteCountMax = 1
        options.directoryCacheByteCount = 0
        options.headRowCountMax = 1
        let problems = options.validate()
        for name in ["memtableByteCountMax", "directoryCacheByteCount", "headRowCountMax"] {
            #expect(problems.contains { $0.hasPrefix("\(name) is ") })
        }
    }
}
