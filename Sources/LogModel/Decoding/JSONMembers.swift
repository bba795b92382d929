/// Reads a JSON object whose members are text, numbers and the like, as the body of a request that is no entry.
public enum JSONMembers {
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: Value
    }

    public enum Value: Sendable, Hashable {
        case null
        /// Text; of a number, `true` or `false`, as it is written.
        case text(String)
        /// An array of such values.
        case list([String])
        /// An object, or an array with anything else in it.
        case other
    }

    /// Where the text is no JSON object.
    public struct Failure: Error, Sendable, Hashable {
        /// In bytes from the start.
        public var offset: Int
        /// What was expected there.
        public var expected: String
    }

    private static let depthMax = 32

    /// The members in the order of the text; a name that stands twice is there twice.
    ///
    /// - Parameter bytes: Less than 4 GiB of them.
    public static func read(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> [Member] {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            throw Failure(offset: 0, expected: "expected an object, found the end")
        }
        var reader = Reader(JSONScanner(base, from: 0, to: bytes.count, depthMax: depthMax))
        do throws(EntryFailure) {
            return try reader.object()
        } catch {
            throw Failure(offset: error.offset, expected: error.expected)
        }
    }

    private struct Reader {
        private var scanner: JSONScanner
        private var scratch: [UInt8] = []

        init(_ scanner: JSONScanner) { self.scanner = scanner }

        mutating func object() throws(EntryFailure) -> [Member] {
            scanner.skipByteOrderMark()
            guard scanner.take("{") else { throw scanner.invalid("expected an object") }
            var members: [Member] = []
            if !scanner.take("}") {
                repeat {
                    guard scanner.peek() == UInt8(ascii: "\"") else {
                        throw scanner.invalid("expected a name in quotes")
                    }
                    let name = try string()
                    try scanner.require(":")
                    members.append(Member(name: name, value: try value()))
                } while try scanner.separator(orClosing: "}")
            }
            scanner.skipSpace()
            guard scanner.at == scanner.end else { throw scanner.invalid("expected the end of the document") }
            return members
        }

        private mutating func value() throws(EntryFailure) -> Value {
            if scanner.peek() == UInt8(ascii: "[") { return try list() }
            return try scalar()
        }

        private mutating func list() throws(EntryFailure) -> Value {
            scanner.at += 1
            var texts: [String] = []
            var isPlain = true
            if scanner.take("]") { return .list([]) }
            repeat {
                if case .text(let text) = try scalar() { texts.append(text) } else { isPlain = false }
            } while try scanner.separator(orClosing: "]")
            return isPlain ? .list(texts) : .other
        }

        private mutating func scalar() throws(EntryFailure) -> Value {
            switch scanner.peek() {
            case UInt8(ascii: "\""): return .text(try string())
            case UInt8(ascii: "n"):
                _ = try scanner.literal("null")
                return .null
            case UInt8(ascii: "t"): return .text(text(try scanner.literal("true")))
            case UInt8(ascii: "f"): return .text(text(try scanner.literal("false")))
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .text(text(try scanner.number()))
            default:
                try scanner.skipValue(depth: 2, scratch: &scratch)
                return .other
            }
        }

        private mutating func string() throws(EntryFailure) -> String {
            scratch.removeAll(keepingCapacity: true)
            let found = try scanner.string(scratch: &scratch)
            return text(found)
        }

        private func text(_ found: JSONText) -> String {
            if found.isInScratch { return String(decoding: scratch[found.range], as: UTF8.self) }
            return String(
                decoding: UnsafeBufferPointer(start: scanner.bytes + Int(found.offset), count: Int(found.count)),
                as: UTF8.self)
        }
    }
}
