public import LogModel

/// Which entries a scan keeps, as a tree that the engine evaluates on encoded columns. Built by the query layer;
/// the engine knows nothing of query text.
public indirect enum Filter: Sendable, Equatable {
    case everything
    case nothing
    /// Every one holds. Empty: everything.
    case all([Filter])
    /// At least one holds. Empty: nothing.
    case any([Filter])
    case not(Filter)
    case level(LevelSet)
    /// The entry's time lies in the range. (The scan's own range is `ScanRequest.range`; this one may stand under `any`.)
    case time(TimeRange)
    /// The server's receive time lies in the range.
    case received(TimeRange)
    /// The entry itself.
    case id(EntryKey)
    /// The whole value of an identifier, of a context attribute, or of `message`. An identifier that is empty and an
    /// attribute that is missing have no value and match nothing but `not`.
    case value(Field, ValueTest)
    /// The text of the message.
    case text(TextTest)
    /// A property of the entry's device or session, which the tables know and the entry does not carry. What has none
    /// matches nothing but `not`.
    case joined(JoinedAttribute, ValueTest)
    /// The entry is of this session of this device, by their numbers in the tables.
    case stream(device: UInt32, session: UInt64)
    /// The entry's commit position is at most this one.
    case committed(through: UInt64)
}

/// A test of one whole value.
public enum ValueTest: Sendable, Equatable {
    /// There is a value.
    case exists
    case equals([UInt8], caseSensitive: Bool)
    /// A pattern over the whole value, case-insensitive.
    case wildcard(WildcardPattern)
    /// A pattern over the whole value as it is written; the pattern is made with `isExact`.
    case exactWildcard(WildcardPattern)
    /// Compares numbers when both sides are decimal numbers, else the bytes as text.
    case compare(Comparison, [UInt8])
    /// The expression matches somewhere in the value, as it is written.
    case regex(RegexPattern)
}

public enum Comparison: Sendable, Hashable {
    case less
    case lessOrEqual
    case greater
    case greaterOrEqual
}

/// A test of the message's text, which is case-folded by `CaseFolding` first, as the patterns are when built; but for
/// regular expressions.
public enum TextTest: Sendable, Equatable {
    /// A token of the message is exactly this: a run of letters, digits and `_` (see `Tokenizer`).
    case word([UInt8])
    /// The text occurs, on token boundaries: where its first (last) character is a token character, the message's token
    /// may not begin before (go on after) it. `openEnd` lifts the end's condition.
    case phrase([UInt8], openEnd: Bool)
    /// The pattern matches one whole token.
    case tokenWildcard(WildcardPattern)
    /// The pattern matches somewhere in the text: it is bounded by token boundaries as a phrase is.
    case textWildcard(WildcardPattern)
    /// The expression matches somewhere in the text, which is not folded.
    case regex(RegexPattern)
}
