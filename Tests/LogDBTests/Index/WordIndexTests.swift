import LogModel
import Testing

@testable import LogDB

@Suite struct WordIndexTests {
    /// An index of these words' blocks.
    private func build(_ blocks: [[UInt64]]) -> WordIndexPages {
        var builder = WordIndexBuilder()
        var set = WordSet()
        for (block, words) in blocks.enumerated() {
            set.removeAll()
            for word in words { set.insert(word) }
            builder.add(set, block: block)
        }
        return builder.finish(blockCount: blocks.count)
    }

    private func reader(_ pages: WordIndexPages) -> WordIndexReader {
        WordIndexReader(pageBits: pages.pageBits, blockCount: pages.blockCount, location: "segment 7") { (number) in
            pages.pages[number]
        }
    }

    /// Words of all kinds: in one block, in a few neighbours, in most blocks, in all.
    private func corpus(blockCount: Int, wordCount: Int, seed: UInt64) -> [[UInt64]] {
        var random = TextRandom(seed: seed)
        var blocks = [[UInt64]](repeating: [], count: blockCount)
        for index in 0..<wordCount {
            let word = random.next()
            let start = Int.random(in: 0..<blockCount, using: &random)
            switch index % 16 {
            case 0: for block in 0..<blockCount { blocks[block].append(word) }
            case 1: for block in 0..<blockCount where random.next() % 8 != 0 { blocks[block].append(word) }
            case 2: for block in start..<min(blockCount, start + 5) { blocks[block].append(word) }
            case 3: for block in 0..<blockCount where random.next() % 4 == 0 { blocks[block].append(word) }
            default: blocks[start].append(word)
            }
        }
        return blocks
    }

    @Test(arguments: [(1, 0), (1, 1), (1, 800), (2, 2_500), (7, 1_000), (64, 800), (4_096, 100)])
    func findsEveryBlockOfEveryWord(_ blockCount: Int, _ wordCount: Int) throws {
        let blocks = corpus(blockCount: blockCount, wordCount: wordCount, seed: UInt64(blockCount))
        let pages = build(blocks)
        let reader = reader(pages)
        var places: [UInt64: [Int]] = [:]
        for (block, words) in blocks.enumerated() { for word in words { places[word, default: []].append(block) } }
        var excess = 0
        for (word, expected) in places {
            let found = try reader.blocks(mayContain: word)
            #expect(Set(found).isSuperset(of: expected))
            #expect(found == found.sorted() && Set(found).count == found.count)
            #expect(found.allSatisfy { $0 < blockCount })
            if found.count > expected.count { excess += 1 }
        }
        // Only words that share a fingerprint with another one get blocks of theirs.
        #expect(Double(excess) <= 0.03 * Double(places.count) + 2)
    }

    @Test func anAbsentWordIsSeldomFound() throws {
        let pages = build(corpus(blockCount: 64, wordCount: 20_000, seed: 5))
        #expect(pages.pages.count >= 8)
        let reader = reader(pages)
        var random = TextRandom(seed: 6)
        var found = 0
        for _ in 0..<4_000 where try !reader.blocks(mayContain: random.next()).isEmpty { found += 1 }
        #expect(found <= 80, "2 % of 4,000")
        #expect(found >= 20, "a rate this low would mean that the index is larger than it should be")
    }

    @Test func noWordIsInAnEmptyIndex() throws {
        let reader = reader(build([[], []]))
        #expect(try reader.blocks(mayContain: 42) == [])
    }

    @Test(arguments: [1, 8, 64, 1_000])
    func aWordOfOneBlockCostsItsBlockAndEightBits(_ blockCount: Int) {
        var random = TextRandom(seed: 7)
        let perBlock = 16_000 / blockCount
        let pages = build((0..<blockCount).map { _ in (0..<perBlock).map { _ in random.next() } })
        let bits = Double(pages.pages.reduce(0) { $0 + $1.count } * 8) / Double(perBlock * blockCount)
        var blockBits = 0.0
        while Double(1 << Int(blockBits)) < Double(blockCount) { blockBits += 1 }
        #expect(bits < blockBits + 8, "\(bits) bits")
    }

    @Test func everyDamagedByteIsFound() throws {
        let words: [UInt64] = (0..<200).map { UInt64($0) &* 0x9e37_79b9_7f4a_7c15 }
        let pages = build([words, Array(words[..<20])])
        let page = pages.pages[0]
        for offset in page.indices {
            for mask: UInt8 in [0x01, 0x80, 0xff] {
                var damaged = pages
                damaged.pages[0][offset] ^= mask
                #expect { try reader(damaged).blocks(mayContain: words[0]) } throws: { error in
                    (error as? LogError)?.code == .corruption
                        && (error as? LogError)?.location == "segment 7, word page 0"
                }
            }
        }
        for count in 0..<page.count {
            var damaged = pages
            damaged.pages[0] = Array(page[..<count])
            #expect(throws: LogError.self) { try reader(damaged).blocks(mayContain: words[0]) }
        }
    }

    @Test func aPageOfAnotherPlaceIsRefused() throws {
        let pages = build(corpus(blockCount: 4, wordCount: 9_000, seed: 8))
        #expect(pages.pages.count >= 4)
        var swapped = pages
        swapped.pages.swapAt(0, 1)
        #expect(throws: LogError.self) { try reader(swapped).blocks(mayContain: 0) }
        var otherSize = pages
        otherSize.pageBits = 0
        #expect(throws: LogError.self) { try reader(otherSize).blocks(mayContain: 0) }
        var otherSegment = pages
        otherSegment.blockCount = 5
        #expect(throws: LogError.self) { try reader(otherSegment).blocks(mayContain: 0) }
    }

    @Test func contradictionsBehindAMatchingChecksumNeverTrap() {
        let pages = build(corpus(blockCount: 16, wordCount: 1_000, seed: 9))
        var random = TextRandom(seed: 10)
        for _ in 0..<1_000 {
            var damaged = pages
            var body = Array(pages.pages[0].dropLast(4))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                // Half of the damage goes to the header.
                let offset =
                    Bool.random(using: &random)
                    ? Int.random(in: 0..<24, using: &random) : body.indices.randomElement(using: &random)!
                body[offset] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { body.removeLast(Int.random(in: 0...(body.count - 24), using: &random)) }
            Checksummed.seal(&body)
            damaged.pages[0] = body
            do {
                let found = try reader(damaged).blocks(mayContain: random.next())
                #expect(found.allSatisfy { (0..<16).contains($0) })
            } catch {
                #expect(error.code == .corruption)
            }
        }
    }

    @Test func aPageOfOtherTextRulesExcludesNothing() throws {
        var pages = build([[1 << 40], [], []])
        var body = Array(pages.pages[0].dropLast(4))
        body[1] &+= 1
        Checksummed.seal(&body)
        pages.pages[0] = body
        #expect(try reader(pages).blocks(mayContain: 99 << 50) == [0, 1, 2])
    }

    @Test func theSameWordsMakeTheSameBytes() {
        let blocks = corpus(blockCount: 9, wordCount: 5_000, seed: 11)
        #expect(build(blocks).pages == build(blocks.map { $0.reversed() + $0 }).pages)
    }
}
