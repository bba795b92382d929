/// One step after the filter.
public struct PipeSyntax: Hashable, Sendable {
    public var kind: Kind
    public var span: SourceSpan

    public init(_ kind: Kind, span: SourceSpan = .none) {
        self.kind = kind
        self.span = span
    }

    public enum Kind: Hashable, Sendable {
        case stats([AggregateSyntax], by: [GroupSyntax])
        case `where`(FilterSyntax)
        case sort([SortSyntax])
        /// `limit` and `head`.
        case limit(Int)
        case tail(Int)
        case fields([FieldName])
        case drop([FieldName])
        case rename(FieldName, FieldName)
        case top(Int, [FieldName])
        case rare(Int, [FieldName])
        case uniq([FieldName], withHits: Bool)
        case dedup([FieldName])
        case extract(QuotedText, from: FieldName?)
        case extractRegex(PatternSyntax, from: FieldName?)
        case context(before: Int, after: Int, within: QueryDuration?)
        case timechart(QueryDuration, [AggregateSyntax], by: [FieldName])
        case patterns(Int?)
        case fieldNames
        case fieldValues(FieldName)
        case explain
    }
}

/// A regular expression given in slashes or in quotes.
public enum PatternSyntax: Hashable, Sendable {
    case regex(RegexSyntax)
    case quoted(QuotedText)
}

public enum AggregateFunction: String, Hashable, Sendable, CaseIterable {
    case count
    case countUniq = "count_uniq"
    case sum
    case avg
    case min
    case max
    case quantile
    case rate
    case first
    case last
}

public struct AggregateSyntax: Hashable, Sendable {
    public var function: AggregateFunction
    /// The number before the field, as written: `0.95` in `quantile(0.95, latency_ms)`.
    public var number: String?
    public var fields: [FieldName]
    public var condition: FilterSyntax?
    /// The column's name, where `as` gives one.
    public var name: FieldName?
    /// What was written up to `as`, which names the column where `as` does not.
    public var span: SourceSpan

    public init(
        _ function: AggregateFunction, number: String? = nil, fields: [FieldName] = [],
        condition: FilterSyntax? = nil, name: FieldName? = nil, span: SourceSpan = .none
    ) {
        self.function = function
        self.number = number
        self.fields = fields
        self.condition = condition
        self.name = name
        self.span = span
    }
}

/// One thing to group by.
public enum GroupSyntax: Hashable, Sendable {
    case field(FieldName)
    case bin(QueryDuration, SourceSpan)
}

public struct SortSyntax: Hashable, Sendable {
    public var field: FieldName
    public var isDescending: Bool

    public init(_ field: FieldName, isDescending: Bool = false) {
        self.field = field
        self.isDescending = isDescending
    }
}
