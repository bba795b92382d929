extension Printer {
    static func pipe(_ pipe: PipeSyntax.Kind) -> String {
        switch pipe {
        case .stats(let aggregates, let groups):
            "stats " + self.aggregates(aggregates)
                + (groups.isEmpty ? "" : " by " + groups.map(group).joined(separator: ", "))
        case .where(let filter): "where " + self.filter(filter, .or)
        case .sort(let keys):
            "sort " + keys.map { field($0.field) + ($0.isDescending ? " desc" : " asc") }.joined(separator: ", ")
        case .limit(let count): "limit \(count)"
        case .tail(let count): "tail \(count)"
        case .fields(let names): "fields " + fields(names)
        case .drop(let names): "drop " + fields(names)
        case .rename(let old, let new): "rename \(field(old)) as \(field(new))"
        case .top(let count, let names): "top \(count) by " + fields(names)
        case .rare(let count, let names): "rare \(count) by " + fields(names)
        case .uniq(let names, let withHits): "uniq " + fields(names) + (withHits ? " with hits" : "")
        case .dedup(let names): "dedup " + fields(names)
        case .extract(let template, let source): "extract " + quoted(template.text) + from(source)
        case .extractRegex(.quoted(let pattern), let source): "extract_regex " + quoted(pattern.text) + from(source)
        case .extractRegex(.regex(let pattern), let source): "extract_regex " + regex(pattern) + from(source)
        case .context(let before, let after, let within):
            "context before \(before) after \(after)" + (within.map { " within " + $0.text } ?? "")
        case .timechart(let step, let aggregates, let names):
            "timechart \(step.text) " + self.aggregates(aggregates) + (names.isEmpty ? "" : " by " + fields(names))
        case .patterns(let count): "patterns" + (count.map { " \($0)" } ?? "")
        case .fieldNames: "fieldnames"
        case .fieldValues(let name): "fieldvalues " + field(name)
        case .explain: "explain"
        }
    }

    private static func from(_ name: FieldName?) -> String { name.map { " from " + field($0) } ?? "" }

    private static func group(_ group: GroupSyntax) -> String {
        switch group {
        case .field(let name): field(name)
        case .bin(let duration, _): "bin(\(duration.text))"
        }
    }

    private static func aggregates(_ aggregates: [AggregateSyntax]) -> String {
        aggregates.map { aggregate in
            let arguments =
                [aggregate.number].compactMap(\.self) + (aggregate.fields.isEmpty ? [] : [fields(aggregate.fields)])
            return aggregate.function.rawValue + "(" + arguments.joined(separator: ", ") + ")"
                + (aggregate.condition.map { " if (" + filter($0, .or) + ")" } ?? "")
                + (aggregate.name.map { " as " + field($0) } ?? "")
        }.joined(separator: ", ")
    }
}
