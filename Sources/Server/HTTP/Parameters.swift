/// The parameters of a request, each taken once by name; what is left over nobody knows.
///
/// An empty value counts as none, as a form sends fields that were not filled in.
struct Parameters {
    private var values: [(name: String, value: String)]
    /// Whose entries a query with these parameters may see.
    var scope = DeviceScope.devices([])

    init(_ values: [(name: String, value: String)]) { self.values = values }

    /// Reads a query string.
    ///
    /// - Throws: `Problem` 400 `invalid_encoding`.
    init(queryString: Substring) throws(Problem) {
        values = []
        for pair in queryString.split(separator: "&") {
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            guard let name = PercentDecoding.decode(pair[..<equals], isForm: true) else {
                throw Problem(400, "invalid_encoding", "A parameter's name is not percent-encoded UTF-8: \(pair)")
            }
            let text = equals < pair.endIndex ? pair[pair.index(after: equals)...] : ""
            guard let value = PercentDecoding.decode(text, isForm: true) else {
                throw Problem.parameter(
                    name, "invalid_encoding", "The value of “\(name)” is not percent-encoded UTF-8.")
            }
            values.append((name, value))
        }
    }

    mutating func append(contentsOf other: [(name: String, value: String)]) { values += other }

    /// The values of a parameter that may be repeated, without the empty ones.
    mutating func takeAll(_ name: String) -> [String] {
        let taken = values.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
        values.removeAll { $0.name == name }
        return taken
    }

    /// - Throws: `Problem` 400 `repeated_parameter`.
    mutating func take(_ name: String) throws(Problem) -> String? {
        let taken = takeAll(name)
        guard taken.count <= 1 else {
            throw Problem.parameter(name, "repeated_parameter", "“\(name)” may be given once.")
        }
        return taken.first
    }

    /// - Throws: `Problem` 400 `invalid_parameter`.
    mutating func takeInteger(_ name: String, in bounds: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = try take(name) else { return nil }
        guard let number = Int(text), bounds.contains(number) else {
            throw Problem.parameter(
                name, "invalid_parameter",
                "“\(name)” is a whole number from \(bounds.lowerBound) to \(bounds.upperBound), not “\(text)”.",
                expected: ["\(bounds.lowerBound)…\(bounds.upperBound)"])
        }
        return number
    }

    /// - Parameter choices: By name.
    /// - Throws: `Problem` 400 `invalid_parameter`.
    mutating func takeChoice<Choice>(_ name: String, _ choices: KeyValuePairs<String, Choice>) throws(Problem)
        -> Choice?
    {
        guard let text = try take(name) else { return nil }
        guard let choice = choices.first(where: { $0.key == text })?.value else {
            let names = choices.map(\.key)
            throw Problem.parameter(
                name, "invalid_parameter", "“\(name)” is \(names.joined(separator: " or ")), not “\(text)”.",
                expected: names)
        }
        return choice
    }

    /// - Throws: `Problem` 400 `unknown_parameter`, one item for each.
    func checkAllTaken() throws(Problem) {
        guard !values.isEmpty else { return }
        var names: [String] = []
        for (name, _) in values where !names.contains(name) { names.append(name) }
        throw Problem(
            400, "unknown_parameter",
            "This route has no parameter \(names.map { "“\($0)”" }.joined(separator: ", ")).",
            errors: names.map {
                Problem.Item(code: "unknown_parameter", message: "This route has no such parameter.", parameter: $0)
            })
    }
}
