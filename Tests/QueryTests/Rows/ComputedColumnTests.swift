import Testing

@testable import Query

@Suite struct ComputedColumnTests {
    private static let texts: [String?] = ["a", nil, "", "12", "long text"]

    private static func column() -> ComputedColumn {
        var column = TextColumn()
        for text in texts {
            if let text { Array(text.utf8).withUnsafeBytes { column.append($0) } } else { column.append(nil) }
        }
        return ComputedColumn(column)
    }

    @Test func textsAreValues() {
        let column = Self.column()
        #expect(column.isText)
        for (index, text) in Self.texts.enumerated() {
            #expect(column[index] == (text.map { Value($0) } ?? .missing))
            #expect(column.hasValue(index) == (text != nil))
            #expect(column.withBytes(index) { String(decoding: $0, as: UTF8.self) } == text)
        }
    }

    @Test func rowsAreCopiedWhateverTheyAreKeptAs() {
        let texts = Self.column()
        let values = ComputedColumn((0..<5).map { .integer($0) })
        for (first, second) in [(texts, texts), (texts, values), (values, texts), (values, values)] {
            var copied = ComputedColumn(like: first)
            copied.append([4, 1], of: first)
            copied.append([0, 3], of: second)
            #expect((0..<4).map { copied[$0] } == [first[4], first[1], second[0], second[3]])
            #expect(copied.count == 4)
            #expect(copied.byteCount > 0)
        }
        #expect(ComputedColumn(like: texts).count == 0)
    }

    /// What it says that it takes is the sum, however it came there.
    @Test func bytesAreCounted() {
        let values: [Value] = [.text(Array(repeating: 1, count: 100)), .missing, .integer(3)]
        var grown = ComputedColumn()
        for index in values.indices { grown.append(CollectionOfOne(index), of: ComputedColumn(values)) }
        #expect(grown.byteCount == ComputedColumn(values).byteCount)
    }
}
