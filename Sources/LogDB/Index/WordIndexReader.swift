/// Which blocks of a segment may hold a word.
///
/// An answer contains every block in which a message has the word, and may contain others: the text decides. How the
/// words are kept is the implementation's own; scans know no more than this.
protocol WordLookup {
    /// How many blocks the segment has.
    var blockCount: Int { get }

    /// The numbers of the blocks, ascending.
    ///
    /// - Parameter hash: `Tokenizer.hash` of the folded word.
    /// - Throws: `.corruption` when the index is damaged, `.io` when it cannot be read. The segment's blocks are to be
    ///   scanned then.
    func blocks(mayContain hash: UInt64) throws(LogError) -> [Int]
}

/// The word index that `WordIndexBuilder` makes. A look-up reads one page.
struct WordIndexReader: WordLookup {
    let pageBits: Int
    let blockCount: Int
    /// Names the segment in errors.
    let location: String
    /// The stored bytes of the page with this number.
    let readPage: (Int) throws(LogError) -> [UInt8]

    func blocks(mayContain hash: UInt64) throws(LogError) -> [Int] {
        let number = WordIndexPage.number(of: hash, pageBits: pageBits)
        let page = try readPage(number)
        let result = page.withUnsafeBytes { (bytes) -> Result<[Int], LogError> in
            do throws(LogError) {
                return .success(
                    try WordIndexPage.blocks(
                        mayContain: hash, page: bytes, pageBits: pageBits, blockCount: blockCount,
                        location: "\(location), word page \(number)"))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
