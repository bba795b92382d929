import LogModel
import Testing

@testable import LogDB

@Suite struct TokenizerTests {
    private func tokens(_ text: String) -> [String] {
        Tokenizer.tokens(of: CaseFolding.fold(Array(text.utf8))).map { String(decoding: $0, as: UTF8.self) }
    }

    private func hashes(_ message: [UInt8], _ scratch: inout [UInt8]) -> [UInt64] {
        var hashes: [UInt64] = []
        message.withUnsafeBytes { Tokenizer.forEachTokenHash(in: $0, scratch: &scratch) { hashes.append($0) } }
        return hashes
    }

    @Test func cutsAtEverythingButLettersDigitsAndUnderscores() {
        #expect(
            tokens("Waypoint reached: WP-5 (10.250.7.1)") == ["waypoint", "reached", "wp", "5", "10", "250", "7", "1"])
        #expect(tokens("retry_count=3;__x__") == ["retry_count", "3", "__x__"])
        #expect(tokens("") == [] && tokens(" -.,/ ") == [])
        #expect(tokens("Größe中文ⅷ²½😀a") == ["größe中文ⅷ²½", "a"])
        #expect(tokens("e\u{301}t") == ["e", "t"])
        #expect(tokens("300\u{212a}") == ["300k"])
    }

    @Test func bytesThatAreNotUTF8Separate() {
        #expect(Tokenizer.tokens(of: [0x61, 0xff, 0x62, 0xc3]) == [[0x61], [0x62]])
        #expect(Tokenizer.tokens(of: [0xed, 0xa0, 0x80, 0x61, 0x00, 0x62]) == [[0x61], [0x62]])
    }

    @Test func knowsTokenCharacters() {
        for scalar in "azAZ09_éßЖ中²\u{345}".unicodeScalars { #expect(Tokenizer.isTokenCharacter(scalar)) }
        for scalar in " -.:/@[`{\u{7f}€😀\u{301}\u{0}".unicodeScalars { #expect(!Tokenizer.isTokenCharacter(scalar)) }
    }

    @Test func asciiRulesAreThoseOfUnicode() {
        for value in UInt8(0)..<0x80 {
            let scalar = Unicode.Scalar(value)
            #expect(ASCII.isTokenCharacter(value) == NaiveText.Character.scalar(scalar).isToken)
            #expect([ASCII.fold(value)] == NaiveText.Character.scalar(scalar).folded.bytes)
        }
        for value in UInt8(0x80)...0xff { #expect(!ASCII.isTokenCharacter(value) && ASCII.fold(value) == value) }
    }

    @Test func hashesAreThoseOfTheTokensAtEveryLength() {
        var random = TextRandom(seed: 2)
        var scratch: [UInt8] = []
        for round in 0..<2_000 {
            // Around the chunks of 64 bytes that the fast path takes, and in any order, so that scratch is reused.
            let message = random.text(round % 3 == 0 ? 200 : 70, onlyPlain: round % 4 != 0)
            let expected = NaiveText.tokens(NaiveText.fold(message)).map { token in
                token.flatMap(\.bytes).withUnsafeBytes { ByteHash.hash($0) }
            }
            #expect(hashes(message, &scratch) == expected)
        }
    }

    @Test func everyASCIIByteIsReadAtEveryPlaceOfAChunk() {
        var scratch: [UInt8] = []
        for place in [0, 1, 7, 8, 62, 63, 64, 65, 127, 128] {
            for byte in UInt8(0)..<0x80 {
                var message = [UInt8](repeating: UInt8(ascii: "x"), count: 130)
                message[place] = byte
                let expected = Tokenizer.tokens(of: CaseFolding.fold(message)).map { token in
                    token.withUnsafeBytes { Tokenizer.hash($0) }
                }
                #expect(hashes(message, &scratch) == expected)
            }
        }
    }
}
