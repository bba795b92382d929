/// A query as it was written: the syntax tree, before names and values are given a meaning.
///
/// Printing it with `text` and reading that again gives an equal tree.
public struct QuerySyntax: Hashable, Sendable {
    /// In the order they were written.
    public var timeClauses: [TimeSyntax]
    public var filter: FilterSyntax
    public var pipes: [PipeSyntax]

    public init(timeClauses: [TimeSyntax] = [], filter: FilterSyntax = .everything, pipes: [PipeSyntax] = []) {
        self.timeClauses = timeClauses
        self.filter = filter
        self.pipes = pipes
    }

    /// Reads a query.
    ///
    /// - Throws: `QueryErrors` with the first error of the text. The stack it needs is bounded by
    ///   `QueryLimits.depthMax`, whatever the text.
    public init(parsing text: String) throws(QueryErrors) {
        var parser = Parser(text)
        self = try parser.parseQuery()
    }
}
