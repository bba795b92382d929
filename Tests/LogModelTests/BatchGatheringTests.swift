import LogModel
import Testing

@Suite struct BatchGatheringTests {
    private static func entry(_ number: Int) -> Entry {
        var context: [Entry.Attribute] = []
        for key in 0..<(number % 3) { context.append(Entry.Attribute("k\(key)", "v\(number)")) }
        let module = number.isMultiple(of: 2) ? "" : "m"
        return Entry(
            time: Timestamp(microseconds: Int64(number)), level: Level.allCases[number % 5],
            device: "d\(number % 3)", session: "s\(number % 7)", module: module, logger: "l\(number)", process: "p",
            thread: "t\(number % 4)", message: "message \(number)", context: context)
    }

    private static func batch(_ count: Int) -> Batch { Batch((0..<count).map(entry)) }

    /// Few rows and many, repeated and in any order, come out as they are.
    @Test(arguments: [[], [3], [99, 0, 99], Array((0..<100).reversed()), Array(0..<100)]) func rowsAreCopied(
        _ indexes: [Int]
    ) {
        let source = Self.batch(100)
        let gathered = source.gathering(indexes)
        var appended = Self.batch(2)
        appended.append(indexes, of: source)
        #expect(gathered.count == indexes.count)
        #expect(appended.count == indexes.count + 2)
        for (place, index) in indexes.enumerated() {
            #expect(gathered[place] == source[index])
            #expect(appended[place + 2] == source[index])
        }
        #expect(appended[1] == Self.batch(2)[1])
        // What is kept has no strings but its own.
        #expect(appended.strings.count <= Self.batch(2).strings.count + indexes.count * 8)
    }
}
