import LogDB
import LogModel
import NIOCore

/// The members of a body that is a JSON object, each taken once by name; what is left over nobody knows. Null is as nothing.
struct BodyObject {
    private var members: [JSONValue.Member]

    /// - Throws: `Problem` 400 `invalid_json`, `repeated_parameter`.
    init(_ body: ByteBuffer) throws(Problem) {
        guard body.readableBytes > 0 else {
            self.init([])
            return
        }
        // Says where the text is no object.
        try Exchange.checkJSON(body)
        guard case .object(let members)? = JSONValue(Array(body.readableBytesView)) else {
            throw Problem(400, "invalid_json", "The body is no JSON object, or one within too many others.")
        }
        self.init(members)
        var names: Set<String> = []
        for member in members where !names.insert(member.name).inserted {
            throw Problem.parameter(member.name, "repeated_parameter", "“\(member.name)” may be given once.")
        }
    }

    init(_ members: [JSONValue.Member]) {
        self.members = members.filter { $0.value != .null }
    }

    mutating func takeValue(_ name: String) -> JSONValue? {
        guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
        return members.remove(at: index).value
    }

    /// Text; of a number its text.
    ///
    /// - Throws: `Problem` 400 `invalid_parameter`.
    mutating func take(_ name: String) throws(Problem) -> String? {
        switch takeValue(name) {
        case nil: return nil
        case .string(let text)?, .number(let text)?: return text.isEmpty ? nil : text
        default: throw BodyObject.wrong(name, "text")
        }
    }

    /// - Throws: `Problem` 400 `missing_parameter`, `invalid_parameter`.
    mutating func require(_ name: String) throws(Problem) -> String {
        guard let text = try take(name) else { throw Problem.missing(name) }
        return text
    }

    mutating func takeStored<Choice: StoredChoice>(_ name: String) throws(Problem) -> Choice? {
        guard let text = try take(name) else { return nil }
        guard let choice = Choice(name: text) else {
            throw Problem.parameter(
                name, "invalid_parameter",
                "“\(name)” is \(Choice.names.joined(separator: " or ")), not “\(text)”.", expected: Choice.names)
        }
        return choice
    }

    mutating func requireStored<Choice: StoredChoice>(_ name: String) throws(Problem) -> Choice {
        guard let choice: Choice = try takeStored(name) else { throw Problem.missing(name, expected: Choice.names) }
        return choice
    }

    /// A number within bounds.
    mutating func takeNumber(_ name: String, in bounds: ClosedRange<Double>) throws(Problem) -> Double? {
        guard let value = takeValue(name) else { return nil }
        guard let number = value.decimal, bounds.contains(number) else {
            throw BodyObject.wrong(name, "a number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    mutating func takeInteger(_ name: String, in bounds: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let value = takeValue(name) else { return nil }
        guard case .number(let text) = value, let number = Int64(text), bounds.contains(number) else {
            throw BodyObject.wrong(name, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    /// - Throws: `Problem` 400 `invalid_parameter`.
    mutating func takeFlag(_ name: String) throws(Problem) -> Bool? {
        switch takeValue(name) {
        case nil: return nil
        case .boolean(let flag)?: return flag
        default: throw BodyObject.wrong(name, "true or false")
        }
    }

    /// An object, as compact JSON.
    ///
    /// - Throws: `Problem` 400 `invalid_parameter`.
    mutating func takeObject(_ name: String, byteCountMax: Int) throws(Problem) -> String? {
        guard let value = takeValue(name) else { return nil }
        guard case .object = value else { throw BodyObject.wrong(name, "an object") }
        let bytes = value.bytes
        guard bytes.count <= byteCountMax else {
            throw BodyObject.wrong(name, "an object of \(byteCountMax) bytes at most")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// An object whose members are taken in turn.
    mutating func takeMembers(_ name: String) throws(Problem) -> BodyObject? {
        guard let value = takeValue(name) else { return nil }
        guard case .object(let members) = value else { throw BodyObject.wrong(name, "an object") }
        return BodyObject(members)
    }

    /// - Throws: `Problem` 400 `unknown_parameter`.
    func checkAllTaken() throws(Problem) { try Parameters(members.map { ($0.name, "") }).checkAllTaken() }

    private static func wrong(_ name: String, _ what: String) -> Problem {
        Problem.parameter(name, "invalid_parameter", "“\(name)” is \(what).")
    }
}

extension Exchange {
    /// The members of the body's JSON object; none without a body.
    ///
    /// - Throws: `Problem` 400, 413, 415.
    func bodyObject() async throws -> BodyObject { try BodyObject(try await bodyBytes()) }

    fileprivate static func checkJSON(_ body: ByteBuffer) throws(Problem) {
        try body.withUnsafeReadableBytesTyped { (bytes) throws(Problem) in
            do throws(JSONMembers.Failure) {
                _ = try JSONMembers.read(bytes)
            } catch {
                // The same sentence as of a body that is parameters.
                _ = try Parameters.members(ofJSON: bytes)
            }
        }
    }
}
