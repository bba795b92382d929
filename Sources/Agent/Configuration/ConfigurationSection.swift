import Yams

/// What is wrong with a configuration file, all of it, and what is merely odd.
final class ConfigurationFindings {
    /// Each makes the file unusable.
    private(set) var problems: [String] = []
    /// The agent runs all the same.
    private(set) var warnings: [String] = []

    func problem(_ text: String) { problems.append(text) }
    func warn(_ text: String) { warnings.append(text) }
}

/// One mapping of the file while it is read. Every key that is asked for counts as known; `finish` warns of the others.
///
/// A value that is broken is noted in `findings` and read as nil, so that one run finds all of them.
final class ConfigurationSection {
    /// The keys that lead here, such as `fleet.log_upload`; empty for the whole file.
    private let path: String
    let findings: ConfigurationFindings
    private var values: [(key: String, node: Node)] = []
    private var known: Set<String> = []

    init(_ mapping: Node.Mapping, path: String, findings: ConfigurationFindings) {
        self.path = path
        self.findings = findings
        for (key, node) in mapping {
            if let name = key.string {
                values.append((name, node))
            } else {
                findings.problem("a key of \(path.isEmpty ? "the file" : path) is no text")
            }
        }
    }

    /// The value as text: any scalar but null.
    func text(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard case .scalar(let scalar) = node else {
            problem(key, node, "must be text")
            return nil
        }
        guard !scalar.string.isEmpty else {
            problem(key, node, "must not be empty")
            return nil
        }
        return scalar.string
    }

    /// One of the names of `choices`.
    func choice<T: CaseIterable & RawRepresentable<String>>(_ key: String, _ choices: T.Type) -> T? {
        guard let text = text(key) else { return nil }
        if let choice = T(rawValue: text) { return choice }
        problem(key, node(key), "is one of \(T.allCases.map(\.rawValue).joined(separator: ", ")), not “\(text)”")
        return nil
    }

    /// A whole number within bounds.
    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(key) else { return nil }
        let text = node.scalar?.string.filter { $0 != "_" } ?? ""
        guard let number = Int(text) else {
            problem(key, node, "must be a whole number")
            return nil
        }
        guard range.contains(number) else {
            problem(key, node, "is \(number), and must be \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    func flag(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        switch node.scalar?.string.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            problem(key, node, "must be true or false")
            return nil
        }
    }

    /// A list of texts, which may not be empty.
    func texts(_ key: String) -> [String]? {
        guard let node = node(key) else { return nil }
        let texts = node.sequence?.compactMap { $0.scalar?.string }.filter { !$0.isEmpty } ?? []
        guard let sequence = node.sequence, texts.count == sequence.count, !texts.isEmpty else {
            problem(key, node, "must be a list of texts, such as [\"a\", \"b\"]")
            return nil
        }
        return texts
    }

    /// The mapping under the key. The caller reads it and calls its `finish`.
    func section(_ key: String) -> ConfigurationSection? {
        guard let node = node(key) else { return nil }
        guard case .mapping(let mapping) = node else {
            problem(key, node, "must have keys of its own below it")
            return nil
        }
        return ConfigurationSection(mapping, path: name(key), findings: findings)
    }

    /// The mappings of a list under the key, in order. The caller reads each and calls its `finish`.
    func sections(_ key: String) -> [ConfigurationSection] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let sequence) = node else {
            problem(key, node, "must be a list")
            return []
        }
        return sequence.enumerated().compactMap { index, node in
            guard case .mapping(let mapping) = node else {
                problem(key, node, "must be a list whose items have keys of their own")
                return nil
            }
            return ConfigurationSection(mapping, path: "\(name(key))[\(index)]", findings: findings)
        }
    }

    func has(_ key: String) -> Bool { node(key) != nil }

    func isList(_ key: String) -> Bool { node(key)?.sequence != nil }

    /// The keys, in the file's order.
    var names: [String] { values.map(\.key) }

    /// A path that begins with `/`.
    func path(_ key: String) -> String? {
        guard let path = text(key) else { return nil }
        guard path.hasPrefix("/") else {
            problem(key, "must be a path that begins with /, not “\(path)”")
            return nil
        }
        return path
    }

    /// Notes what is wrong with the value of `key`.
    func problem(_ key: String, _ text: String) { problem(key, node(key), text) }

    /// Warns of every key that nobody asked for.
    func finish() {
        for (key, node) in values where !known.contains(key) {
            findings.warn("\(line(node))\(name(key)) is not known, and does nothing")
        }
    }

    /// Nil where the key is not there, or has no value.
    private func node(_ key: String) -> Node? {
        known.insert(key)
        guard let node = values.first(where: { $0.key == key })?.node else { return nil }
        if case .scalar(let scalar) = node, scalar.style == .plain, ["", "~", "null"].contains(scalar.string) {
            return nil
        }
        return node
    }

    private func problem(_ key: String, _ node: Node?, _ text: String) {
        findings.problem("\(node.map(line) ?? "")\(name(key)) \(text)")
    }

    private func line(_ node: Node) -> String { node.mark.map { "line \($0.line): " } ?? "" }

    private func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
