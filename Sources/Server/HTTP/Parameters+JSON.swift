import LogModel

/// Parameters as the members of a JSON object: text, numbers, flags, and arrays of these for what may be repeated.
extension Parameters {
    /// - Throws: `Problem` 400 `invalid_json`, or `invalid_parameter` for a member of another type.
    static func members(ofJSON bytes: UnsafeRawBufferPointer) throws(Problem) -> [(name: String, value: String)] {
        let members: [JSONMembers.Member]
        do throws(JSONMembers.Failure) {
            members = try JSONMembers.read(bytes)
        } catch {
            throw Problem(
                400, "invalid_json",
                "The body is no JSON object with the parameters as its members: offset \(error.offset): "
                    + "\(error.expected).",
                errors: [.init(code: "invalid_json", message: error.expected, offset: error.offset, length: 0)])
        }
        var values: [(name: String, value: String)] = []
        for member in members {
            switch member.value {
            case .null: break
            case .text(let text): values.append((member.name, text))
            case .list(let texts): values += texts.map { (member.name, $0) }
            case .other:
                throw Problem.parameter(
                    member.name, "invalid_parameter", "“\(member.name)” is text or a number, or an array of these.")
            }
        }
        return values
    }
}
