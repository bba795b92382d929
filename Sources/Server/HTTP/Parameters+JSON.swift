import FoundationEssentials

/// Parameters as the members of a JSON object: text, numbers, flags, and arrays of these for what may be repeated.
extension Parameters {
    /// - Throws: `Problem` 400 `invalid_json`, or `invalid_parameter` for a member of another type.
    static func members(ofJSON bytes: [UInt8]) throws(Problem) -> [(name: String, value: String)] {
        let members: [String: Member]
        do {
            members = try JSONDecoder().decode([String: Member].self, from: Data(bytes))
        } catch {
            throw Problem(400, "invalid_json", "The body is no JSON object; it has the parameters as its members.")
        }
        var values: [(name: String, value: String)] = []
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            switch member {
            case .null: break
            case .text(let text): values.append((name, text))
            case .list(let texts): values += texts.map { (name, $0) }
            case .other:
                throw Problem.parameter(
                    name, "invalid_parameter", "“\(name)” is text or a number, or an array of these.")
            }
        }
        return values
    }

    private enum Member: Decodable {
        case null
        case text(String)
        case list([String])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let text = Member.text(container) {
                self = .text(text)
            } else if var list = try? decoder.unkeyedContainer() {
                var texts: [String] = []
                while !list.isAtEnd {
                    guard let element = try? list.decode(Member.self), case .text(let text) = element else {
                        self = .other
                        return
                    }
                    texts.append(text)
                }
                self = .list(texts)
            } else {
                self = .other
            }
        }

        private static func text(_ container: any SingleValueDecodingContainer) -> String? {
            if let text = try? container.decode(String.self) { return text }
            if let flag = try? container.decode(Bool.self) { return String(flag) }
            if let number = try? container.decode(Int64.self) { return String(number) }
            if let number = try? container.decode(Double.self) { return String(number) }
            return nil
        }
    }
}
