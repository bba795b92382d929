/// The XML of S3's answers, as far as it matters: elements that hold text, found by their name. Anything that is not well
/// formed up to what is asked for is refused.
struct S3Document {
    private let text: Substring.UTF8View

    init(_ bytes: [UInt8]) { text = Substring(decoding: bytes, as: UTF8.self).utf8 }

    /// The text of each element of that name, in order, entities resolved.
    ///
    /// - Throws: `.io` when the document does not read.
    func texts(_ name: String) throws(ObjectStoreError) -> [String] {
        var texts: [String] = []
        var rest = text
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            guard let close = rest[open...].firstIndex(of: UInt8(ascii: ">")) else { throw S3Document.damaged }
            let tag = String(Substring(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
            guard tag == name else { continue }
            guard let end = rest.firstIndex(of: UInt8(ascii: "<")) else { throw S3Document.damaged }
            texts.append(try S3Document.resolved(Substring(rest[..<end])))
            guard Substring(rest[end...]).hasPrefix("</\(name)>") else { throw S3Document.damaged }
            rest = rest[end...]
        }
        return texts
    }

    /// Whether the root element of that name is closed: the document came whole.
    func isWhole(_ root: String) -> Bool {
        var end = Substring(text)
        while let last = end.last, last.isWhitespace { end.removeLast() }
        return end.hasSuffix("</\(root)>") || end.hasSuffix("/>")
    }

    private static func resolved(_ text: Substring) throws(ObjectStoreError) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return String(text) }
        var resolved = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            guard let end = rest[start...].firstIndex(of: ";") else { throw damaged }
            resolved += rest[..<start]
            resolved.append(try character(rest[rest.index(after: start)..<end]))
            rest = rest[rest.index(after: end)...]
        }
        return resolved + rest
    }

    private static func character(_ entity: Substring) throws(ObjectStoreError) -> Character {
        switch entity {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        guard entity.hasPrefix("#") else { throw damaged }
        let digits = entity.dropFirst()
        let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let number, let scalar = Unicode.Scalar(number) else { throw damaged }
        return Character(scalar)
    }

    private static var damaged: ObjectStoreError {
        ObjectStoreError(.io, "the server's answer does not read as XML", location: "s3")
    }
}
