import LogModel

/// The retention policy that was set: one row, the first. Without it the options of whoever opens the store hold.
struct StoredRetention: TableRecord {
    var id: UInt64 = 0
    var policy: RetentionPolicy

    static let tableNumber: UInt8 = 5
    static let tableName = "retention"
    static let indexes: [TableIndex<StoredRetention>] = []
    static let rowID: UInt64 = 1

    init(_ policy: RetentionPolicy) { self.policy = policy }

    /// Ages are whole seconds, and one more than they are, so that 0 is for ever. A rule is a field of fields.
    func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, StoredRetention.number(policy.coldAfter))
        fields.unsigned(2, StoredRetention.number(policy.deleteAfter))
        fields.unsigned(3, policy.byteCountMax ?? 0)
        fields.unsigned(4, policy.hotByteCountMax ?? 0)
        var rules = ByteWriter()
        for rule in policy.rules {
            for text in [rule.environment, rule.device, rule.module] { rules.text(text ?? "") }
            rules.varint(rule.levels?.rawValue ?? 0)
            rules.varint(StoredRetention.number(rule.deleteAfter))
        }
        fields.bytes(5, rules.bytes)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        self.id = id
        policy = RetentionPolicy()
        policy.coldAfter = StoredRetention.age(try fields.unsigned(1) ?? 0)
        policy.deleteAfter = StoredRetention.age(try fields.unsigned(2) ?? 0)
        policy.byteCountMax = (try fields.unsigned(3)).flatMap { $0 == 0 ? nil : $0 }
        policy.hotByteCountMax = (try fields.unsigned(4)).flatMap { $0 == 0 ? nil : $0 }
        policy.rules = try (fields.bytes(5) ?? []).reading { (bytes) throws(LogError) in
            var reader = ByteReader(bytes, location: "retention")
            var rules: [RetentionPolicy.Rule] = []
            while !reader.isAtEnd {
                func text() throws(LogError) -> String? {
                    let text = try reader.text()
                    return text.isEmpty ? nil : text
                }
                var rule = RetentionPolicy.Rule(environment: try text(), device: try text(), module: try text())
                let levels = UInt8(truncatingIfNeeded: try reader.varint())
                rule.levels = levels == 0 ? nil : LevelSet(rawValue: levels)
                rule.deleteAfter = StoredRetention.age(try reader.varint())
                rules.append(rule)
            }
            return rules
        }
    }

    private static func number(_ age: Duration?) -> UInt64 { age.map { UInt64($0.components.seconds) + 1 } ?? 0 }
    private static func age(_ number: UInt64) -> Duration? { number == 0 ? nil : .seconds(Int64(number - 1)) }
}
