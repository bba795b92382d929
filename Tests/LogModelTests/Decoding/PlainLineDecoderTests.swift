import LogModel
import Testing

@Suite struct PlainLineDecoderTests {
    private func decode(
        _ bytes: [UInt8], device: String? = "D", limits: EntryDecoder.Limits = .init()
    ) -> PlainLineDecoder {
        var decoder = PlainLineDecoder(
            defaults: .init(device: device, session: "S", module: "M", receivedAt: receivedAt), limits: limits)
        _ = bytes.withUnsafeBytes { decoder.decodeLines($0, isLast: true) }
        return decoder
    }

    @Test func eachLineIsAMessage() {
        let decoder = decode(Array("first line\n\n  indented \r\nlast".utf8))
        #expect(
            decoder.batch.entries
                == ["first line", "  indented ", "last"].map {
                    Entry(time: receivedAt, device: "D", session: "S", module: "M", message: $0)
                })
        #expect(decoder.originalIndexes == [0, 1, 2] && decoder.entryCount == 3)
    }

    @Test func bytesAreKeptAsTheyAre() {
        let lines: [[UInt8]] = [[0xff, 0x00, 0xfe], [0xe2, 0x82], [0x0d, 0x41], Array("{\"message\":1}".utf8)]
        let decoder = decode(Array(lines.joined(separator: [0x0a])))
        #expect((0..<decoder.batch.count).map { decoder.batch.messages[$0] } == lines)
    }

    @Test(
        arguments: [
            ("2025-01-03T14:32:12.345678Z INFO started", "2025-01-03T14:32:12.345678Z", "INFO"),
            ("2025-01-03 14:32:12,345 WARNING low", "2025-01-03T14:32:12.345000Z", "WARN"),
            ("[2025-01-03 14:32:12+02:00] [error] bad", "2025-01-03T12:32:12.000000Z", "ERROR"),
            ("2025-01-03T14:32:12Z", "2025-01-03T14:32:12.000000Z", nil),
            ("2025-01-03T14:32:12Z <crit> x", "2025-01-03T14:32:12.000000Z", "FATAL"),
            ("2025-01-03T14:32:12Z\t( debug ) x", "2025-01-03T14:32:12.000000Z", "DEBUG"),
            ("ERROR: no motor", nil, "ERROR"), ("error: no motor", nil, "ERROR"), ("[warn] x", nil, "WARN"),
            ("FATAL", nil, "FATAL"),
            ("Error in the motor", nil, nil), ("Log opened", nil, nil), ("config loaded", nil, nil),
            ("[warn x", nil, nil), ("INFORMED", nil, nil),
            ("x ERROR", nil, nil), ("2025-01-03", nil, nil), ("2025-01-03T14:32:12Zx ERROR", nil, nil),
            ("[2025-01-03 14:32:12 INFO", nil, nil),
            ("2025-13-03T14:32:12Z ERROR", nil, nil), ("[", nil, nil), ("[]", nil, nil), ("()", nil, nil),
            ("<", nil, nil),
        ] as [(String, String?, String?)])
    func timeAndLevelAreGuessedFromTheStart(_ line: String, _ time: String?, _ level: String?) {
        let entry = decode(Array(line.utf8)).batch[0]
        #expect(entry.message == line)
        #expect(entry.time.description == (time ?? receivedAt.description))
        #expect(entry.level.name == (level ?? "INFO"))
    }

    @Test func aLongLineIsRefused() {
        var limits = EntryDecoder.Limits()
        limits.lineByteCountMax = 10
        let decoder = decode(Array("short\nmuch too long a line\nend".utf8), limits: limits)
        #expect(decoder.batch.entries.map(\.message) == ["short", "end"])
        #expect(decoder.rejections.map(\.code) == ["line_too_long"])
        #expect(decoder.rejections.map(\.line) == [2])
        #expect(decoder.originalIndexes == [0, 2] && decoder.rejectedCount == 1)
    }

    @Test func aDeviceIsRequired() {
        #expect(decode(Array("x".utf8), device: nil).rejections.map(\.code) == ["missing_device"])
    }

    @Test func arbitraryBytesAreMessages() {
        var random = SeededGenerator(seed: 17)
        for _ in 0..<2_000 {
            let line = random.bytes(countMax: 40).filter { $0 != 0x0a && $0 != 0x0d }
            #expect(decode(line).batch.count == (line.isEmpty ? 0 : 1))
        }
    }
}
