import Testing

@testable import LogModel

@Suite struct LineSplitterTests {
    /// Splits `text` given in pieces of `pieceCount` bytes; a long line is shown as nil.
    private func split(_ text: String, pieceCount: Int, byteCountMax: Int) -> [String?] {
        let bytes = Array(text.utf8)
        var splitter = LineSplitter(byteCountMax: byteCountMax)
        var lines: [String?] = []
        var buffer: [UInt8] = []
        var start = 0
        repeat {
            let end = min(bytes.count, start + pieceCount)
            buffer += bytes[start..<end]
            start = end
            let isLast = start == bytes.count
            var position = 0
            buffer.withUnsafeBytes { raw in
                while true {
                    switch splitter.next(raw, from: &position, isLast: isLast) {
                    case .line(let range): lines.append(String(decoding: raw[range], as: UTF8.self))
                    case .tooLong: lines.append(nil)
                    case .end: return
                    }
                }
            }
            buffer.removeFirst(position)
            // A long line is not kept while its end is awaited.
            #expect(buffer.count <= byteCountMax)
        } while start < bytes.count
        #expect(buffer.isEmpty)
        #expect(splitter.lineNumber == lines.count)
        return lines
    }

    @Test(arguments: [1, 2, 3, 5, 100])
    func linesAreTheSameInPiecesOfAnySize(_ pieceCount: Int) {
        #expect(split("", pieceCount: pieceCount, byteCountMax: 4) == [])
        #expect(split("a\nbc\n\nd", pieceCount: pieceCount, byteCountMax: 4) == ["a", "bc", "", "d"])
        #expect(split("a\n", pieceCount: pieceCount, byteCountMax: 4) == ["a"])
        #expect(split("1234\n12345\nab\n", pieceCount: pieceCount, byteCountMax: 4) == ["1234", nil, "ab"])
        #expect(split("ab\n1234567890", pieceCount: pieceCount, byteCountMax: 4) == ["ab", nil])
        #expect(split("1234567890\n\n12345\n", pieceCount: pieceCount, byteCountMax: 4) == [nil, "", nil])
    }
}
