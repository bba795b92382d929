import Testing

@testable import LogDB

/// Rows as fields: what another build wrote reads as far as this one knows it.
struct RowFieldTests {
    private func decode(_ text: String) throws -> DeviceRecord {
        var bytes = Golden.bytes(text)
        Checksummed.seal(&bytes)
        return try bytes.withUnsafeBytes { try Table.decode($0, id: 7) }
    }

    private func expectCorruption(
        _ what: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(sourceLocation: sourceLocation) { _ = try decode(text) } throws: {
            guard let error = $0 as? LogError else { return false }
            return error.code == .corruption && error.location == "devices 7" && error.message.contains(what)
        }
    }

    @Test func absentFieldsHaveTheirDefault() throws {
        let device = try decode("01 01 'D'")
        #expect(device.id == 7)
        #expect(device.name == "D")
        #expect(!device.isRegistered)
        #expect([device.firstSeen, device.lastSeen] == [0, 0])
        #expect(try decode("01 01 'D' 04 01 06").lastSeen == 3)
    }

    @Test func unknownFieldsArePassedOver() throws {
        let known = "01 01 'D'  02 01 'N'  03 01 01  04 01 02  05 01 04"
        let plain = try decode(known)
        #expect(plain.name == "N")
        // Numbers of one byte and of more, among them those that end in the bits of a known one.
        for unknown in ["7e 00", "7f 03 'abc'", "c8 01 01 00", "ff 01 02 00 00", "81 02 01 'X'", "82 82 02 01 'Y'"] {
            #expect(try decode(known + " " + unknown) == plain, "\(unknown) after")
            #expect(try decode(unknown + " " + known) == plain, "\(unknown) before")
        }
    }

    @Test func aRowThatDoesNotReadSaysWhich() {
        expectCorruption("no dsn", "02 01 'N'")
        expectCorruption("no dsn", "")
        expectCorruption("bound", "01 05 'D'")
        expectCorruption("ends early", "01 01 'D' 02")
        expectCorruption("too long", "01 01 'D' 04 0b ff ff ff ff ff ff ff ff ff ff 01")
        expectCorruption("ends early", "01 01 'D' 04 00")
    }

    @Test func everyFlippedBitOfARowIsFound() {
        let session = SessionRecord(device: 1, sessionID: Array("Run".utf8), time: 5)
        let bytes = Table.encode(session)
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: LogError.self) {
                _ = try damaged.withUnsafeBytes { try Table<SessionRecord>.decode($0, id: 1) }
            }
        }
    }

    @Test func hostileBytesThrowOrDecode() {
        let content = Array(Table.encode(SessionRecord(device: 1, sessionID: Array("Run".utf8), time: 5)).dropLast(4))
        ColumnCoding.attack(content, seed: 5, rounds: 1_000) { bytes in
            var sealed = bytes
            Checksummed.seal(&sealed)
            let session = try sealed.withUnsafeBytes { try Table<SessionRecord>.decode($0, id: 1) }
            return session.levelCounts.count == 5
        }
    }
}
