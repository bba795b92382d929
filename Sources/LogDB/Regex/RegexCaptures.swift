import LogModel

/// Takes the text of an expression's groups out of texts. Used by one thread at a time.
public struct RegexCaptures {
    private let pattern: RegexPattern
    /// The groups that are wanted, from 1.
    private let groups: [Int]
    private var bounds: [Int64]
    private var shown: [UInt8] = []

    /// - Parameter groups: Numbers of groups of the pattern, from 1.
    public init(_ pattern: RegexPattern, groups: [Int]) {
        self.pattern = pattern
        self.groups = groups
        bounds = [Int64](repeating: -1, count: 2 * (groups.max() ?? 0))
    }

    /// The text of each of the groups in the first match in `text`; nil for one that takes no part. Bytes that are not
    /// UTF-8 are taken as they are shown.
    ///
    /// - Returns: Nil when nothing matches.
    public mutating func find(in text: UnsafeRawBufferPointer) -> [[UInt8]?]? {
        shown.removeAll(keepingCapacity: true)
        shown.appendUTF8(text)
        let matches = shown.withUnsafeBytes { pattern.program.capture(in: $0, &bounds) }
        guard matches else { return nil }
        return groups.map { group in
            let (begin, end) = (bounds[group * 2 - 2], bounds[group * 2 - 1])
            return begin < 0 ? nil : Array(shown[Int(begin)..<Int(end)])
        }
    }
}

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
