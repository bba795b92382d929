/// A file of the user interface, as browsers get it.
struct WebFile: Sendable {
    let bytes: [UInt8]
    let mediaType: String
    /// Of the bytes, shortened.
    let digest: String

    init(_ bytes: [UInt8], mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
        digest = OpenSSL.sha256(bytes).prefix(12).hex
    }

    /// Weak, since the bytes may be sent compressed.
    var entityTag: String { "W/\"\(digest)\"" }

    /// What browsers take a file for, by the end of its name; nil for a kind that the user interface has not.
    static func mediaType(of name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        return switch name[name.index(after: dot)...] {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: nil
        }
    }
}

extension Sequence<UInt8> {
    fileprivate var hex: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
