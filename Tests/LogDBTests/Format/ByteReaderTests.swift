import Testing

@testable import LogDB

struct ByteReaderTests {
    private func read<R>(_ bytes: [UInt8], _ body: (inout ByteReader) throws(LogError) -> R) throws -> R {
        try bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw, location: "place")
            return try body(&reader)
        }
    }

    private func expectDamaged(_ bytes: [UInt8], _ body: (inout ByteReader) throws(LogError) -> Void) {
        do {
            try read(bytes, body)
            Issue.record("\(bytes) was read")
        } catch let error as LogError {
            #expect(error.code == .corruption)
            #expect(error.location == "place")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 1 << 63, UInt64.max])
    func numbersComeBack(_ number: UInt64) throws {
        var writer = ByteWriter()
        writer.varint(number)
        writer.fixed(number)
        writer.fixed(UInt16(truncatingIfNeeded: number))
        let signed = Int64(bitPattern: number)
        writer.signedVarint(signed)
        writer.signedVarint(-1 ^ signed)
        try read(writer.bytes) { (reader) throws(LogError) in
            #expect(try reader.varint() == number)
            #expect(try reader.fixed(UInt64.self) == number)
            #expect(try reader.fixed(UInt16.self) == UInt16(truncatingIfNeeded: number))
            #expect(try reader.signedVarint() == signed)
            #expect(try reader.signedVarint() == -1 ^ signed)
            #expect(reader.isAtEnd)
        }
    }

    @Test func signedNumbersNearZeroAreShort() {
        #expect([0, -1, 1, -2, 2].map { ZigZag.encode($0) } == [0, 1, 2, 3, 4])
        for number in [Int64.min, .max, 0, -1] { #expect(ZigZag.decode(ZigZag.encode(number)) == number) }
    }

    @Test func stringsComeBack() throws {
        var writer = ByteWriter()
        writer.string([0, 0xff])
        writer.text("é")
        writer.string([])
        try read(writer.bytes) { (reader) throws(LogError) in
            #expect(try reader.string() == [0, 0xff])
            #expect(try reader.text() == "é")
            #expect(try reader.string() == [])
            #expect(reader.isAtEnd)
        }
    }

    @Test func everyReadIsCheckedAgainstTheEnd() {
        expectDamaged([]) { (reader) throws(LogError) in _ = try reader.byte() }
        expectDamaged([1, 2, 3]) { (reader) throws(LogError) in _ = try reader.fixed(UInt32.self) }
        expectDamaged([]) { (reader) throws(LogError) in _ = try reader.varint() }
        expectDamaged([0x80, 0x80]) { (reader) throws(LogError) in _ = try reader.varint() }
        expectDamaged([1, 2]) { (reader) throws(LogError) in _ = try reader.raw(3) }
        expectDamaged([1, 2]) { (reader) throws(LogError) in _ = try reader.raw(-1) }
        expectDamaged([3, 0x61, 0x62]) { (reader) throws(LogError) in _ = try reader.string() }
        expectDamaged([3, 0x61, 0x62]) { (reader) throws(LogError) in _ = try reader.text() }
    }

    @Test func numbersPastTheirBoundAreRefused() {
        let ten: [UInt8] = [UInt8](repeating: 0xff, count: 9)
        expectDamaged(ten + [0x02]) { (reader) throws(LogError) in _ = try reader.varint() }
        expectDamaged(ten + [0x81, 0x00]) { (reader) throws(LogError) in _ = try reader.varint() }
        expectDamaged([5]) { (reader) throws(LogError) in _ = try reader.count(max: 4) }
        expectDamaged(ten + [0x01]) { (reader) throws(LogError) in _ = try reader.count(max: .max) }
    }

    @Test func aBoundBelowZeroRefusesEverything() {
        expectDamaged([0]) { (reader) throws(LogError) in _ = try reader.count(max: -1) }
    }
}
