extension RegexPattern {
    /// The groups that have a name, in the order of the expression.
    public var namedGroups: [(number: Int, name: String)] {
        (0..<program.groupCount).compactMap { index in
            program.groupName(index + 1).map { (index + 1, String(decoding: $0, as: UTF8.self)) }
        }
    }

    /// How many groups capture text.
    public var groupCount: Int { program.groupCount }
}
