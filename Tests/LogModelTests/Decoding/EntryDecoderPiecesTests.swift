import LogModel
import Testing

@Suite struct EntryDecoderPiecesTests {
    /// Feeds `body` in pieces of random sizes, as it would come from a connection.
    private func decode(
        _ body: [UInt8], _ random: inout SeededGenerator, pieceCountMax: Int, limits: EntryDecoder.Limits = .init()
    ) -> (decoder: EntryDecoder, bufferedMax: Int) {
        var decoder = EntryDecoder(defaults: .init(device: "D", receivedAt: receivedAt), limits: limits)
        var buffer: [UInt8] = []
        var bufferedMax = 0
        var start = 0
        repeat {
            let end = min(body.count, start + Int.random(in: 1...pieceCountMax, using: &random))
            buffer += body[start..<end]
            start = end
            let consumed = buffer.withUnsafeBytes { decoder.decodeLines($0, isLast: start == body.count) }
            buffer.removeFirst(consumed)
            bufferedMax = max(bufferedMax, buffer.count)
        } while start < body.count
        #expect(buffer.isEmpty)
        return (decoder, bufferedMax)
    }

    @Test func piecesMakeTheSameEntries() {
        var random = SeededGenerator(seed: 13)
        var body = "\u{feff}"
        for index in 0..<300 {
            body +=
                [
                    "{\"message\":\"é \(index)\",\"context\":{\"n\":\(index)}}", "bad", "", " \t ",
                    "{\"message\":\"m\"}\r",
                ][index % 5] + "\n"
        }
        body += #"{"message":"no line feed"}"#
        let whole = decodeLines(body)
        #expect(whole.batch.count == 121 && whole.rejectedCount == 60 && whole.entryCount == 181)
        #expect(whole.rejections.first?.index == 1 && whole.rejections.first?.line == 2)
        #expect(whole.rejections.last?.line == 297)
        for pieceCountMax in [1, 7, 100, 10_000] {
            let (decoder, _) = decode(Array(body.utf8), &random, pieceCountMax: pieceCountMax)
            #expect(decoder.batch.entries == whole.batch.entries)
            #expect(decoder.rejections == whole.rejections)
            #expect(decoder.originalIndexes == whole.originalIndexes)
        }
    }

    @Test func aLongLineIsPassedOverWithoutBeingKept() {
        var random = SeededGenerator(seed: 14)
        var limits = EntryDecoder.Limits()
        limits.lineByteCountMax = 1_000
        let long = "{\"message\":\"" + String(repeating: "x", count: 200_000) + "\"}\n"
        let body = "{\"message\":\"1\"}\n" + long + "{\"message\":\"2\"}\n" + long.dropLast(3)
        let (decoder, bufferedMax) = decode(Array(body.utf8), &random, pieceCountMax: 500, limits: limits)
        #expect(decoder.batch.entries.map(\.message) == ["1", "2"])
        #expect(decoder.rejections.map(\.code) == ["line_too_long", "line_too_long"])
        #expect(decoder.rejections.map(\.line) == [2, 4])
        #expect(bufferedMax <= 1_000)
    }

    @Test func nothingIsNothing() {
        var decoder = EntryDecoder(defaults: .init(receivedAt: receivedAt))
        #expect(decoder.decodeLines(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true) == 0)
        #expect(decodeLines("\n\n \n").entryCount == 0)
        #expect(decoder.batch.isEmpty && decoder.entryCount == 0)
    }

    /// Any bytes at all: no crash, and every line that is not blank is either an entry or refused.
    @Test func arbitraryBytesAreCounted() {
        var random = SeededGenerator(seed: 15)
        let pieces = [
            "{", "}", "\"", "message", ":", ",", "[", "]", "\\", "u12", "1", "e", ".", "null", "\n", " ", "\u{0}", "é",
            "context",
        ]
        for _ in 0..<3_000 {
            var body: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                if Int.random(in: 0..<8, using: &random) == 0 {
                    body += random.bytes(countMax: 3)
                } else {
                    body += Array(pieces.randomElement(using: &random)!.utf8)
                }
            }
            let lineCount = body.split(separator: 0x0a).filter { !$0.allSatisfy { [0x20, 0x09, 0x0d].contains($0) } }
                .count
            let decoder = decodeLines(bytes: body)
            #expect(decoder.entryCount == lineCount)
            #expect(decoder.batch.count + decoder.rejectedCount == lineCount)
        }
    }

    /// Damaged good lines: one changed byte at every place.
    @Test func everyChangedByteIsSurvived() {
        let line = Array(
            #"{"time":"2025-01-03T00:00:01Z","message":"a\nbé","n":-1.5e3,"context":{"k":{"l":[1,{"x":null}]}}}"#.utf8)
        let good = Array("\n{\"message\":\"good\"}".utf8)
        for index in line.indices {
            for byte: UInt8 in [0, 0x20, 0x22, 0x5c, 0x7b, 0x7d, 0x5d, 0x2c, 0x80, 0xff] {
                var changed = line
                changed[index] = byte
                let decoder = decodeLines(bytes: changed + good)
                #expect(decoder.entryCount == 2)
                #expect(decoder.batch.entries.last?.message == "good")
            }
        }
    }
}
