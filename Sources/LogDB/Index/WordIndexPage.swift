import LogModel

/// A page of a segment's word index: for the words whose hash begins with the page's number, the blocks they occur in.
///
///     offset  size  field
///          0     1  page layout, 1
///          1     1  `ScalarRules.version`
///          2     1  page bits p: the segment has 2^p pages
///          3     1  Rice parameter of the single words
///          4     1  Rice parameter of the shared words' fingerprints
///          5     1  0
///          6     2  number of blocks in the segment, B
///          8     4  number of the page: the top p bits of the hash of every word in it
///         12     4  distinct words, W: fingerprints lie below F = 64 W
///         16     4  single words: fingerprints that stand for one block
///         20     4  shared words: fingerprints that stand for several
///         24     …  bits, lowest first (`BitWriter`):
///                     each single word, ascending by v = fingerprint · B + block:
///                       Rice(v - previous v - 1), where the previous one of the first is -1
///                     each shared word, ascending by fingerprint:
///                       Rice(fingerprint - previous - 1), gamma(n - 1) for its n blocks, and
///                       when n <= B/2 the n blocks, else the B - n others, ascending:
///                       Rice(block - previous - 1) with `listParameter`
///       last     4  CRC-32C of all before
///
/// Numbers are little-endian. A word's fingerprint is the part of its hash below the page bits, scaled to F: the high
/// half of (hash · 2^p) · F, of which the lowest 12 bits of the hash have no part. Two words of one fingerprint share
/// their blocks. An absent word meets a fingerprint with probability W/F = 1/64.
enum WordIndexPage {
    static let layout: UInt8 = 1
    static let headerByteCount = 24
    /// Possible fingerprints for each word: what an absent word's chance to pass for a present one is the inverse of.
    static let fingerprintsPerWord: UInt64 = 64
    /// Postings carry the block in the lowest bits of the hash.
    static let blockBits = 12
    static let blockCountMax = 1 << blockBits
    static let pageBitsMax = 24

    /// The number of the page for a word.
    @inline(__always)
    static func number(of hash: UInt64, pageBits: Int) -> Int {
        // A shift by 64 gives 0 in Swift.
        Int(hash >> UInt64(64 - pageBits))
    }

    @inline(__always)
    static func fingerprint(_ hash: UInt64, pageBits: Int, wordCount: Int) -> UInt64 {
        let significant = hash & ~UInt64(blockCountMax - 1)
        return (significant << UInt64(pageBits)).multipliedFullWidth(by: UInt64(wordCount) * fingerprintsPerWord).high
    }

    /// The Rice parameter of a list of `count` of `universe` blocks: near log2 of the mean gap times ln 2.
    @inline(__always)
    static func listParameter(count: Int, universe: Int) -> Int {
        let mean = universe * 11 / (max(count, 1) * 16)
        return mean < 2 ? 0 : Int.bitWidth - 1 - mean.leadingZeroBitCount
    }

    /// The blocks that may hold the word: all that hold it, and rarely others.
    ///
    /// - Parameters:
    ///   - page: The page with the number that `number(of:pageBits:)` gives for the word.
    ///   - location: Names the page in errors.
    /// - Throws: `.corruption` when the page is damaged or belongs elsewhere.
    static func blocks(
        mayContain hash: UInt64, page: UnsafeRawBufferPointer, pageBits: Int, blockCount: Int,
        location: @autoclosure () -> String
    ) throws(LogError) -> [Int] {
        var header = ByteReader(try Checksummed.open(page, location: location()), location: location())
        guard try header.byte() == layout else { throw header.damaged("the word page's layout is unknown") }
        let rules = try header.byte()
        guard try header.byte() == pageBits else { throw header.damaged("the word page is of another size of index") }
        let singleParameter = Int(try header.byte())
        let sharedParameter = Int(try header.byte())
        guard try header.byte() == 0, singleParameter <= 56, sharedParameter <= 56 else {
            throw header.damaged("the word page's header is out of its bounds")
        }
        guard Int(try header.fixed(UInt16.self)) == blockCount else {
            throw header.damaged("the word page is of a segment with another number of blocks")
        }
        guard Int(try header.fixed(UInt32.self)) == number(of: hash, pageBits: pageBits) else {
            throw header.damaged("the word page has another number")
        }
        // Words were cut or folded by other rules, so that an absent hash says nothing.
        if rules != ScalarRules.version { return Array(0..<blockCount) }
        let wordCount = Int(try header.fixed(UInt32.self))
        let singleCount = Int(try header.fixed(UInt32.self))
        let sharedCount = Int(try header.fixed(UInt32.self))
        var bits = BitReader(try header.raw(header.remaining))
        let fingerprint = fingerprint(hash, pageBits: pageBits, wordCount: wordCount)
        let found = find(
            fingerprint, in: &bits, blockCount: blockCount, singles: (singleCount, singleParameter),
            shared: (sharedCount, sharedParameter))
        guard let found, !bits.isOverrun else { throw header.damaged("the word page's postings end early") }
        return found
    }

    /// Nil when the bits contradict themselves.
    private static func find(
        _ fingerprint: UInt64, in bits: inout BitReader, blockCount: Int, singles: (count: Int, parameter: Int),
        shared: (count: Int, parameter: Int)
    ) -> [Int]? {
        let lowest = fingerprint &* UInt64(blockCount)
        var found: Int?
        var next: UInt64 = 0
        for _ in 0..<singles.count {
            let value = next &+ bits.rice(singles.parameter)
            // All are read: the shared words begin where they end.
            if value >= lowest && value - lowest < UInt64(blockCount) { found = Int(value - lowest) }
            if bits.isOverrun { return nil }
            next = value &+ 1
        }
        if let found { return [found] }
        next = 0
        for _ in 0..<shared.count {
            let value = next &+ bits.rice(shared.parameter)
            if value > fingerprint { return bits.isOverrun ? nil : [] }
            let count = Int(bits.gamma()) + 1
            guard !bits.isOverrun, count <= blockCount else { return nil }
            guard let blocks = blocks(in: &bits, count: count, blockCount: blockCount, wanted: value == fingerprint)
            else { return nil }
            if value == fingerprint { return blocks }
            next = value &+ 1
        }
        return []
    }

    private static func blocks(in bits: inout BitReader, count: Int, blockCount: Int, wanted: Bool) -> [Int]? {
        let listsOthers = count > blockCount / 2
        let listedCount = listsOthers ? blockCount - count : count
        let parameter = listParameter(count: listedCount, universe: blockCount)
        var listed: [Int] = []
        if wanted { listed.reserveCapacity(listedCount) }
        var next: UInt64 = 0
        for _ in 0..<listedCount {
            let block = next &+ bits.rice(parameter)
            guard block < UInt64(blockCount), !bits.isOverrun else { return nil }
            if wanted { listed.append(Int(block)) }
            next = block + 1
        }
        guard listsOthers, wanted else { return listed }
        var others = listed.makeIterator()
        var skipped = others.next()
        return (0..<blockCount).filter { block in
            if block != skipped { return true }
            skipped = others.next()
            return false
        }
    }
}
