public import LogModel

/// How long entries are kept, and where.
public struct RetentionPolicy: Sendable, Equatable {
    /// Entries that are kept for another time than most: those that all of what is given is true of.
    public struct Rule: Sendable, Equatable {
        /// Of the device, as the tables have it now.
        public var environment: String?
        public var device: String?
        public var module: String?
        public var levels: LevelSet?
        /// They are deleted when they are older. Nil: never by age.
        public var deleteAfter: Duration?

        public init(
            environment: String? = nil, device: String? = nil, module: String? = nil, levels: LevelSet? = nil,
            deleteAfter: Duration? = nil
        ) {
            self.environment = environment
            self.device = device
            self.module = module
            self.levels = levels
            self.deleteAfter = deleteAfter
        }

        /// Whom the rule is for.
        var filter: Filter {
            var parts: [Filter] = []
            func equals(_ text: String) -> ValueTest { .equals(Array(text.utf8), caseSensitive: false) }
            if let environment { parts.append(.joined(.environment, equals(environment))) }
            if let device { parts.append(.value(.device, equals(device))) }
            if let module { parts.append(.value(.module, equals(module))) }
            if let levels { parts.append(.level(levels)) }
            return parts.isEmpty ? .everything : .all(parts)
        }
    }

    /// Days whose entries are all older go to the cold tier. Nil: none do by themselves.
    public var coldAfter: Duration? = .seconds(7 * 86_400)
    /// Entries that no rule is for are deleted when they are older. Nil: never by age.
    public var deleteAfter: Duration?
    /// When segments take more, hot and cold together, the oldest are deleted. Nil: no bound.
    public var byteCountMax: UInt64?
    /// When segments in the hot tier take more, the oldest go to the cold tier. Nil: no bound.
    public var hotByteCountMax: UInt64?
    /// The first that an entry fits decides.
    public var rules: [Rule] = []

    public static let ruleCountMax = 100
    public static let ageMin: Duration = .seconds(3_600)

    public init() {}

    /// What is out of bounds, a sentence each.
    public var problems: [String] {
        var problems: [String] = []
        func check(_ name: String, _ age: Duration?) {
            if let age, age < RetentionPolicy.ageMin { problems.append("\(name) is at least one hour") }
        }
        check("cold_after", coldAfter)
        check("delete_after", deleteAfter)
        for (index, rule) in rules.enumerated() {
            check("delete_after of rule \(index + 1)", rule.deleteAfter)
            if rule.filter == .everything {
                problems.append("rule \(index + 1) is for nothing: name an environment, a device, a module or levels")
            }
        }
        if rules.count > RetentionPolicy.ruleCountMax {
            problems.append("there are \(rules.count) rules, of \(RetentionPolicy.ruleCountMax) at most")
        }
        return problems
    }

    /// Entries that are older than all rules keep; nil where some are kept for ever.
    var deleteAfterMax: Duration? {
        guard let deleteAfter, rules.allSatisfy({ $0.deleteAfter != nil }) else { return nil }
        return rules.reduce(deleteAfter) { max($0, $1.deleteAfter ?? $0) }
    }

    /// For each rule and then for the entries that none is for: those of `moment` that are to go, and before when they
    /// are. Nil where they are kept for ever.
    func expiries(at moment: Timestamp) -> [(filter: Filter, cutoff: Timestamp)?] {
        var before: [Filter] = []
        return (rules.map { ($0.filter, $0.deleteAfter) } + [(.everything, deleteAfter)]).map { own, age in
            let others = before.map { Filter.not($0) }
            before.append(own)
            guard let age else { return nil }
            let cutoff = Timestamp(microseconds: moment.microseconds - Int64(age / .microseconds(1)))
            let range = TimeRange(since: TimeRange.all.since, until: cutoff)
            return (.all([own] + others + [.time(range)]), cutoff)
        }
    }
}
