/// Where a part of a query stands in its text, in UTF-8 bytes.
///
/// Two parts of a query are equal when they say the same, wherever they stand: spans never make them differ.
public struct SourceSpan: Hashable, Sendable {
    /// The first byte.
    public var start: Int
    /// How many bytes.
    public var count: Int

    public init(start: Int, count: Int) {
        self.start = start
        self.count = count
    }

    /// The span of something that no text was read for.
    public static let none = SourceSpan(start: 0, count: 0)

    public var end: Int { start + count }

    /// From the start of this span to the end of `other`.
    public func through(_ other: SourceSpan) -> SourceSpan {
        SourceSpan(start: start, count: max(0, other.end - start))
    }

    public static func == (_: SourceSpan, _: SourceSpan) -> Bool { true }
    public func hash(into _: inout Hasher) {}
}
