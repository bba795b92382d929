import LogModel
import Testing

@Suite struct StringTableTests {
    @Test func numbersDistinctStringsInTheOrderTheyCame() {
        var random = SeededGenerator(seed: 2)
        var table = StringTable()
        var numbers: [[UInt8]: UInt32] = [:]
        for _ in 0..<5_000 {
            let string = random.bytes(countMax: 3)
            let number = string.withUnsafeBytes { table.intern($0) }
            #expect(number == numbers[string, default: UInt32(numbers.count)])
            numbers[string] = number
        }
        #expect(table.count == numbers.count)
        for (string, number) in numbers {
            #expect(table[Int(number)] == string)
            #expect(string.withUnsafeBytes { table.find($0) } == number)
        }
    }

    @Test func anEmptyStringIsAString() {
        var table = StringTable()
        #expect(table.find(UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
        #expect(table.intern("") == 0)
        #expect(table.intern("a") == 1)
        #expect(table.intern("") == 0)
        #expect(table[0].isEmpty)
    }

    @Test func stringsThatDifferInOneByteDiffer() {
        var table = StringTable()
        for length in 1...40 {
            let base = [UInt8](repeating: 0x61, count: length)
            for index in 0..<length {
                var changed = base
                changed[index] = 0x62
                let number = changed.withUnsafeBytes { table.intern($0) }
                #expect(table[Int(number)] == changed)
                #expect(base.withUnsafeBytes { table.intern($0) } != number)
            }
        }
        #expect(table.count == 40 * 41 / 2 + 40)
    }
}
