import LogModel
import Testing

struct Base64URLTests {
    /// RFC 4648, section 10, without the padding.
    @Test(
        arguments: zip(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
            ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"]))
    func itIsTheStandards(_ plain: String, _ text: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == text)
        #expect(Base64URL.decode(text) == Array(plain.utf8))
    }

    @Test func everyByteReadsBack() {
        let bytes = (0...255).map { UInt8($0) }
        let text = Base64URL.encode(bytes)
        #expect(text.contains("-") && text.contains("_"))
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test(arguments: ["A", "Zh", "Zm9=", "Zm+v", "Zm/v", "Z g", "é"])
    func nothingHasTwoSpellings(_ text: String) { #expect(Base64URL.decode(text) == nil) }
}
