/// Builds the word index of one segment from the words of its blocks.
///
/// Memory: 8 bytes for each word of each block until `finish`, twice that within it.
struct WordIndexBuilder {
    /// Of each block added: a word's hash, its lowest bits replaced by the block. One array a block: a single one would be
    /// copied whole, again and again, as it grows.
    private var blocks: [[UInt64]] = []
    /// How many (word, block) pairs were added.
    private(set) var postingCount = 0

    /// About how many distinct words a page holds, at most.
    static let wordsPerPageMax = 2048

    init() {}

    /// - Parameter block: The block's number in the segment, below `WordIndexPage.blockCountMax`.
    mutating func add(_ words: WordSet, block: Int) {
        precondition(block >= 0 && block < WordIndexPage.blockCountMax, "a segment has at most 4,096 blocks")
        let mask = UInt64(WordIndexPage.blockCountMax - 1)
        blocks.append(
            [UInt64](unsafeUninitializedCapacity: words.count) { postings, count in
                words.forEach {
                    postings.initializeElement(at: count, to: $0 & ~mask | UInt64(block))
                    count += 1
                }
            })
        postingCount += words.count
    }

    /// The index. Nothing stays in the builder.
    ///
    /// - Parameter blockCount: The segment's blocks: more than the greatest number added.
    mutating func finish(blockCount: Int) -> WordIndexPages {
        precondition(blockCount <= WordIndexPage.blockCountMax, "a segment has at most 4,096 blocks")
        var sorted = takeSorted()
        Self.removeDuplicates(&sorted)
        return sorted.withUnsafeBufferPointer { all in
            let wordCount = WordIndexPage.distinctWordCount(all)
            var pageBits = 0
            while wordCount >> pageBits > Self.wordsPerPageMax, pageBits < WordIndexPage.pageBitsMax { pageBits += 1 }
            var pages: [[UInt8]] = []
            var start = 0
            for number in 0..<(1 << pageBits) {
                var end = start
                while end < all.count, WordIndexPage.number(of: all[end], pageBits: pageBits) == number { end += 1 }
                pages.append(
                    WordIndexPage.encode(
                        UnsafeBufferPointer(rebasing: all[start..<end]), number: number, pageBits: pageBits,
                        blockCount: blockCount))
                start = end
            }
            return WordIndexPages(pageBits: pageBits, blockCount: blockCount, pages: pages)
        }
    }

    /// Hashes are uniform: one pass by their top bits leaves small groups, which are sorted in the cache.
    private mutating func takeSorted() -> [UInt64] {
        var groupBits = 0
        while postingCount >> groupBits > 512, groupBits < 20 { groupBits += 1 }
        // A shift by all 64 bits is 0: one group.
        let shift = UInt64(64 - groupBits)
        var starts = [Int](repeating: 0, count: 1 << groupBits + 1)
        for postings in blocks {
            for posting in postings { starts[Int(posting >> shift) + 1] += 1 }
        }
        for group in 1..<starts.count { starts[group] += starts[group - 1] }
        var cursors = starts
        return [UInt64](unsafeUninitializedCapacity: postingCount) { sorted, count in
            while let postings = blocks.popLast() {
                for posting in postings {
                    let group = Int(posting >> shift)
                    sorted.initializeElement(at: cursors[group], to: posting)
                    cursors[group] += 1
                }
            }
            count = postingCount
            postingCount = 0
            for group in 0..<(1 << groupBits) {
                var members = UnsafeMutableBufferPointer(rebasing: sorted[starts[group]..<starts[group + 1]])
                members.sort()
            }
        }
    }

    private static func removeDuplicates(_ sorted: inout [UInt64]) {
        var kept = 0
        for index in sorted.indices where kept == 0 || sorted[index] != sorted[kept - 1] {
            sorted[kept] = sorted[index]
            kept += 1
        }
        sorted.removeLast(sorted.count - kept)
    }
}

/// A word index as it is stored: each page by itself, found by its number.
struct WordIndexPages: Sendable {
    /// There are 2^pageBits pages.
    var pageBits: Int
    var blockCount: Int
    var pages: [[UInt8]]
}
