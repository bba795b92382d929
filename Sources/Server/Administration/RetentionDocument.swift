public import LogDB
public import LogModel

/// Retention policies as JSON:
///
///     {"cold_after": "7d", "delete_after": null, "bytes_max": null, "hot_bytes_max": null,
///      "rules": [{"levels": ["DEBUG"], "delete_after": "3d"}, {"device": "ROB-7", "module": "nav", "delete_after": "90d"}]}
public enum RetentionDocument {
    /// What is wrong with a document.
    public struct Fault: Error, Sendable {
        /// The member concerned.
        public let name: String
        /// One sentence.
        public let message: String
    }

    /// - Throws: `Fault`, also for a policy that is out of bounds. A member that is missing or null is as for ever, or
    ///   without a bound.
    public static func policy(_ document: JSONValue) throws(Fault) -> RetentionPolicy {
        guard case .object(let members) = document else { throw Fault(name: "rules", message: "it is no JSON object") }
        let known = ["cold_after", "delete_after", "bytes_max", "hot_bytes_max", "rules"]
        try check(members, known)
        var policy = RetentionPolicy()
        policy.coldAfter = try age(document, "cold_after")
        policy.deleteAfter = try age(document, "delete_after")
        policy.byteCountMax = try bytes(document, "bytes_max")
        policy.hotByteCountMax = try bytes(document, "hot_bytes_max")
        for rule in document["rules"]?.elements ?? [] { policy.rules.append(try self.rule(rule)) }
        if let problem = policy.problems.first { throw Fault(name: "rules", message: problem) }
        return policy
    }

    private static func rule(_ document: JSONValue) throws(Fault) -> RetentionPolicy.Rule {
        guard case .object(let members) = document else { throw Fault(name: "rules", message: "a rule is an object") }
        try check(members, ["environment", "device", "module", "levels", "delete_after"])
        var rule = RetentionPolicy.Rule(
            environment: try text(document, "environment"), device: try text(document, "device"),
            module: try text(document, "module"), deleteAfter: try age(document, "delete_after"))
        if let levels = document["levels"], levels != .null {
            var set = LevelSet()
            for level in levels.elements {
                guard let name = level.text, let known = Level.allCases.first(where: { "\($0)" == name.lowercased() })
                else {
                    throw Fault(name: "levels", message: "levels are DEBUG, INFO, WARN, ERROR and FATAL")
                }
                set.insert(LevelSet(known))
            }
            guard !set.isEmpty else { throw Fault(name: "levels", message: "levels are a list with one at least") }
            rule.levels = set
        }
        return rule
    }

    private static func check(_ members: [JSONValue.Member], _ known: [String]) throws(Fault) {
        for member in members where !known.contains(member.name) {
            throw Fault(name: member.name, message: "there may be \(known.joined(separator: ", "))")
        }
    }

    private static func text(_ document: JSONValue, _ name: String) throws(Fault) -> String? {
        guard let value = document[name], value != .null else { return nil }
        guard let text = value.text, !text.isEmpty, text.utf8.count <= 256 else {
            throw Fault(name: name, message: "it is text of up to 256 bytes")
        }
        return text
    }

    private static func age(_ document: JSONValue, _ name: String) throws(Fault) -> Duration? {
        guard let value = document[name], value != .null else { return nil }
        guard let text = value.text, let age = Age(argument: text) else {
            throw Fault(name: name, message: "it is a time such as 7d, 12h or 4w, or null for ever")
        }
        return age.duration
    }

    private static func bytes(_ document: JSONValue, _ name: String) throws(Fault) -> UInt64? {
        guard let value = document[name], value != .null else { return nil }
        guard let bytes = value.unsigned, bytes > 0 else {
            throw Fault(name: name, message: "it is a number of bytes, or null for any")
        }
        return bytes
    }

    /// The policy, and what it does now.
    public static func json(_ policy: RetentionPolicy, _ effects: [RetentionEffect]) -> JSONValue {
        func age(_ age: Duration?) -> JSONValue { age.map { .string(Age($0).description) } ?? .null }
        func number(_ value: UInt64?) -> JSONValue { value.map { .number(String($0)) } ?? .null }
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        return .object([
            .init(name: "cold_after", value: age(policy.coldAfter)),
            .init(name: "delete_after", value: age(policy.deleteAfter)),
            .init(name: "bytes_max", value: number(policy.byteCountMax)),
            .init(name: "hot_bytes_max", value: number(policy.hotByteCountMax)),
            .init(
                name: "rules",
                value: .array(
                    policy.rules.map { rule in
                        .object([
                            .init(name: "environment", value: text(rule.environment)),
                            .init(name: "device", value: text(rule.device)),
                            .init(name: "module", value: text(rule.module)),
                            .init(
                                name: "levels",
                                value: rule.levels.map { levels in
                                    .array(
                                        Level.allCases.filter { levels.contains(LevelSet($0)) }
                                            .map { .string("\($0)".uppercased()) })
                                } ?? .null),
                            .init(name: "delete_after", value: age(rule.deleteAfter)),
                        ])
                    })),
            .init(
                name: "rows",
                value: .array(
                    effects.map { effect in
                        .object([
                            .init(name: "rule", value: .string(effect.rule)),
                            .init(name: "action", value: .string(effect.action.rawValue)),
                            .init(name: "entries", value: number(effect.entryCount)),
                            .init(name: "bytes", value: number(effect.byteCount)),
                        ])
                    })),
        ])
    }
}
