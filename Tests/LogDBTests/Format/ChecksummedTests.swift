import Testing

@testable import LogDB

struct ChecksummedTests {
    private func open(_ bytes: [UInt8]) throws -> [UInt8] {
        try bytes.withUnsafeBytes { Array(try Checksummed.open($0, location: "place")) }
    }

    @Test(arguments: [[], [0], [1, 2, 3], [UInt8](repeating: 9, count: 5_000)] as [[UInt8]])
    func whatWasSealedOpens(_ content: [UInt8]) throws {
        var bytes = content
        Checksummed.seal(&bytes)
        #expect(bytes.count == content.count + 4)
        #expect(try open(bytes) == content)
    }

    @Test func everyFlippedBitIsFound() {
        var bytes: [UInt8] = Array("some bytes".utf8)
        Checksummed.seal(&bytes)
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: LogError.self) { try open(damaged) }
        }
    }

    @Test func bytesWithoutRoomForAChecksumAreCorruptionThatNamesThePlace() {
        for count in 0..<4 {
            do {
                _ = try open([UInt8](repeating: 0, count: count))
                Issue.record("\(count) bytes were opened")
            } catch let error as LogError {
                #expect(error.code == .corruption)
                #expect(error.location == "place")
            } catch {
                Issue.record("\(error)")
            }
        }
    }
}
