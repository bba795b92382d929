import LogModel

/// Holds a segment's index against the words and values of its blocks: each must be found in each block that has it.
struct IndexCheck {
    private let store: RocksStore
    private let record: SegmentRecord
    private let location: String
    private var builder = WordIndexBuilder()

    init(_ store: RocksStore, _ record: SegmentRecord) {
        self.store = store
        self.record = record
        location = "index of segment \(record.id)"
    }

    mutating func add(_ words: WordSet, block: Int) { builder.add(words, block: block) }

    private var pageBits: Int { max(Int(record.postingPageCount), 1).trailingZeroBitCount }

    private func page(_ number: Int) throws(LogError) -> [UInt8] {
        let key = KeyLayout.postings(day: record.day, segment: record.id, page: UInt32(number))
        guard let page = try store.value(.postings, key) else {
            throw LogError(.corruption, "page \(number) is missing", location: location)
        }
        return page
    }

    /// Reads all pages.
    ///
    /// - Returns: What is wrong with the first that does not read; nil when all do.
    func damage() throws(LogError) -> String? {
        for number in 0..<Int(record.postingPageCount) {
            do throws(LogError) {
                try self.page(number).reading { (bytes) throws(LogError) in
                    _ = try Checksummed.open(bytes, location: location)
                }
            } catch {
                guard error.code == .corruption else { throw error }
                return "page \(number): \(error.message)"
            }
        }
        return nil
    }

    /// After all blocks were added.
    ///
    /// - Parameter words: Gives the words of a block once more, to look for each in pages that are not as this build would
    ///   have written them.
    /// - Returns: What is wrong; nil when every word is found where it is.
    mutating func contradiction(_ words: (Int) throws(LogError) -> WordSet) throws(LogError) -> String? {
        let expected = builder.finish(blockCount: record.blockCount)
        var others: [Int: [UInt8]] = [:]
        let hasSamePages = expected.pageBits == pageBits
        for number in 0..<Int(record.postingPageCount) {
            let stored = try page(number)
            if hasSamePages, stored == expected.pages[number] { continue }
            others[number] = stored
        }
        guard !others.isEmpty else { return nil }
        for block in 0..<record.blockCount {
            var missing = false
            var failure: LogError?
            try words(block).forEach { hash in
                guard !missing, failure == nil else { return }
                let number = WordIndexPage.number(of: hash, pageBits: pageBits)
                guard let page = others[number] else { return }
                page.withUnsafeBytes { bytes in
                    do throws(LogError) {
                        let found = try WordIndexPage.blocks(
                            mayContain: hash, page: bytes, pageBits: pageBits, blockCount: record.blockCount,
                            location: location)
                        missing = !found.contains(block)
                    } catch {
                        failure = error
                    }
                }
            }
            if let failure { throw failure }
            if missing { return "a word or value of block \(block) is not found by it" }
        }
        return nil
    }
}
