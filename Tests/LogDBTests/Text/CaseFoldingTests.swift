import LogModel
import Testing

@testable import LogDB

@Suite struct CaseFoldingTests {
    @Test(arguments: [
        ("", ""), ("GPS Signal WEAK @[`{", "gps signal weak @[`{"), ("Ärger ÉTÉ", "ärger été"), ("ΣΑΣ σας", "σασ σασ"),
        ("\u{212a}elvin", "kelvin"), ("\u{17f}et", "set"), ("ẞ ß", "ß ß"), ("İ ı I i", "İ ı i i"), ("Ⱥ", "ⱥ"),
        ("ПРИВЕТ", "привет"), ("Ǆ ǅ ǆ", "ǆ ǆ ǆ"), ("𐐀", "𐐨"), ("中文 日本", "中文 日本"), ("ꭰ Ꭰ", "ꭰ ꭰ"),
    ])
    func folds(_ text: String, _ folded: String) {
        #expect(String(decoding: CaseFolding.fold(Array(text.utf8)), as: UTF8.self) == folded)
    }

    @Test func keepsBytesThatAreNotUTF8() {
        let bytes: [UInt8] = [0x41, 0xff, 0xc3, 0x41, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf5, 0x80, 0xe4, 0xb8]
        #expect(
            CaseFolding.fold(bytes) == [0x61, 0xff, 0xc3, 0x61, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf5, 0x80, 0xe4, 0xb8])
    }

    @Test func foldingEveryScalarTwiceIsFoldingItOnce() {
        var changed: [UInt32] = []
        for value in UInt32(0)...0x10_ffff where Unicode.Scalar(value) != nil {
            let once = ScalarRules.fold(value)
            if ScalarRules.fold(once) != once { changed.append(value) }
        }
        #expect(changed == [])
    }

    @Test func everyScalarFoldsAsItsDefinitionSays() {
        var different: [UInt32] = []
        for value in UInt32(0)...0x1_ffff {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if NaiveText.Character.scalar(scalar).folded.bytes != CaseFolding.fold(Array(String(scalar).utf8)) {
                different.append(value)
            }
        }
        #expect(different == [])
    }

    @Test func randomTextsFoldCharacterByCharacter() {
        var random = TextRandom(seed: 1)
        for _ in 0..<2_000 {
            let text = random.text(40)
            #expect(CaseFolding.fold(text) == NaiveText.fold(text).flatMap(\.bytes))
        }
    }

    /// Stored indexes depend on every scalar's folding and class. When a newer standard library changes one, this fails:
    /// increase `ScalarRules.version`, then pin the new checksum.
    @Test func theRulesAreThoseOfTheirVersion() {
        var bytes: [UInt8] = []
        for value in UInt32(0)...0x10_ffff where Unicode.Scalar(value) != nil {
            let folded = ScalarRules.fold(value)
            if folded != value || ScalarRules.isTokenCharacter(folded) {
                withUnsafeBytes(of: (value << 1 | (ScalarRules.isTokenCharacter(folded) ? 1 : 0)).littleEndian) {
                    bytes.append(contentsOf: $0)
                }
                withUnsafeBytes(of: folded.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        #expect(ScalarRules.version == 1)
        #expect(Crc32c.checksum(bytes) == 3_683_615_793)
    }
}
