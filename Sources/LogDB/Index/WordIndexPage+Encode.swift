extension WordIndexPage {
    /// - Parameter postings: A word's hash with the block in its lowest `blockBits` bits: distinct, ascending, all of
    ///   this page.
    static func encode(
        _ postings: UnsafeBufferPointer<UInt64>, number: Int, pageBits: Int, blockCount: Int
    ) -> [UInt8] {
        let wordCount = distinctWordCount(postings)
        var content = Content()
        forEachFingerprint(postings, pageBits: pageBits, wordCount: wordCount) { fingerprint, blocks in
            if blocks.count == 1 {
                content.singles.append(fingerprint * UInt64(blockCount) + UInt64(blocks[0]))
            } else {
                content.shared.append((fingerprint, content.blocks.count, blocks.count))
                content.blocks += blocks
            }
        }
        let singleParameter = riceParameter(content.singles)
        let sharedParameter = riceParameter(content.shared.map(\.fingerprint))
        var writer = ByteWriter()
        writer.byte(layout)
        writer.byte(ScalarRules.version)
        writer.byte(UInt8(pageBits))
        writer.byte(UInt8(singleParameter))
        writer.byte(UInt8(sharedParameter))
        writer.byte(0)
        writer.fixed(UInt16(blockCount))
        writer.fixed(UInt32(number))
        writer.fixed(UInt32(wordCount))
        writer.fixed(UInt32(content.singles.count))
        writer.fixed(UInt32(content.shared.count))
        writer.bytes += content.bits(singleParameter, sharedParameter, blockCount: blockCount)
        Checksummed.seal(&writer.bytes)
        return writer.bytes
    }

    /// How many different words a sorted list of postings has.
    static func distinctWordCount(_ postings: UnsafeBufferPointer<UInt64>) -> Int {
        var count = 0
        var previous: UInt64?
        for posting in postings {
            let word = posting >> UInt64(blockBits)
            if word != previous { count += 1 }
            previous = word
        }
        return count
    }

    private struct Content {
        /// fingerprint · B + block.
        var singles: [UInt64] = []
        var shared: [(fingerprint: UInt64, start: Int, count: Int)] = []
        /// The blocks of the shared words.
        var blocks: [Int] = []

        func bits(_ singleParameter: Int, _ sharedParameter: Int, blockCount: Int) -> [UInt8] {
            var bits = BitWriter()
            var next: UInt64 = 0
            for value in singles {
                bits.rice(value - next, singleParameter)
                next = value + 1
            }
            next = 0
            for word in shared {
                bits.rice(word.fingerprint - next, sharedParameter)
                next = word.fingerprint + 1
                bits.gamma(UInt64(word.count - 1))
                writeBlocks(blocks[word.start..<(word.start + word.count)], of: blockCount, to: &bits)
            }
            return bits.finish()
        }

        private func writeBlocks(_ blocks: ArraySlice<Int>, of blockCount: Int, to bits: inout BitWriter) {
            let listsOthers = blocks.count > blockCount / 2
            var isHeld = [Bool](repeating: false, count: listsOthers ? blockCount : 0)
            if listsOthers { for block in blocks { isHeld[block] = true } }
            let listed = listsOthers ? (0..<blockCount).filter { !isHeld[$0] }[...] : blocks
            let parameter = listParameter(count: listed.count, universe: blockCount)
            var next = 0
            for block in listed {
                bits.rice(UInt64(block - next), parameter)
                next = block + 1
            }
        }
    }

    /// Calls `body` with each fingerprint, ascending, and its blocks, ascending and distinct.
    private static func forEachFingerprint(
        _ postings: UnsafeBufferPointer<UInt64>, pageBits: Int, wordCount: Int, _ body: (UInt64, [Int]) -> Void
    ) {
        var blocks: [Int] = []
        var index = 0
        while index < postings.count {
            let current = fingerprint(postings[index], pageBits: pageBits, wordCount: wordCount)
            let firstWord = postings[index] >> UInt64(blockBits)
            var isOneWord = true
            blocks.removeAll(keepingCapacity: true)
            while index < postings.count,
                fingerprint(postings[index], pageBits: pageBits, wordCount: wordCount) == current
            {
                isOneWord = isOneWord && postings[index] >> UInt64(blockBits) == firstWord
                blocks.append(Int(postings[index] & UInt64(blockCountMax - 1)))
                index += 1
            }
            if !isOneWord { blocks = Set(blocks).sorted() }
            body(current, blocks)
        }
    }

    /// The Rice parameter that codes these ascending numbers in the fewest bits.
    private static func riceParameter(_ values: [UInt64]) -> Int {
        guard let last = values.last else { return 0 }
        let mean = max(1, last / UInt64(values.count))
        let guess = 63 - mean.leadingZeroBitCount
        func cost(_ parameter: Int) -> UInt64 {
            var next: UInt64 = 0
            var total: UInt64 = 0
            for value in values {
                total += (value - next) >> UInt64(parameter) + UInt64(parameter) + 1
                next = value + 1
            }
            return total
        }
        return (max(0, guess - 1)...(guess + 1)).min { cost($0) < cost($1) } ?? guess
    }
}
