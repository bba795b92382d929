public import LogDB
import LogModel

/// What may stand at a place of a query that is being written.
public struct QueryCompletion: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case field, value, `operator`, pipe, function, time, keyword
    }

    public struct Item: Sendable, Equatable {
        /// What to put in the place of what is written.
        public var text: String
        public var kind: Kind
        /// How many entries have the value, where that is known.
        public var count: Int64?

        public init(_ text: String, _ kind: Kind, count: Int64? = nil) {
            self.text = text
            self.kind = kind
            self.count = count
        }
    }

    /// What is replaced: in characters (Unicode scalars) from the start of the text.
    public var offset: Int
    public var length: Int
    /// The likeliest first.
    public var items: [Item]

    /// - Parameters:
    ///   - at: Characters (Unicode scalars) before the place; beyond the text its end is meant.
    ///   - context: Whose default range the values are of, and whose additional filters what entries have must pass.
    ///   - limit: How many items at most.
    /// - Throws: `LogError`. Values that take too long to find are left out.
    public static func complete(
        _ text: String, at: Int, context: QueryContext, on store: LogStore, limit: Int = 50
    ) async throws -> QueryCompletion {
        let scalars = text.unicodeScalars
        let end =
            scalars.index(scalars.startIndex, offsetBy: max(0, at), limitedBy: scalars.endIndex) ?? scalars.endIndex
        let before = String(text[..<end])
        let place = CompletionPlace(before)
        var items: [Item] = []
        do {
            items = try await CompletionSource(place, context: context, store: store).items()
        } catch let error as LogError where error.code == .timeBudget || error.code == .memoryBudget {
            items = []
        }
        let length = place.written.unicodeScalars.count
        return QueryCompletion(
            offset: before.unicodeScalars.count - length, length: length, items: Array(items.prefix(limit)))
    }
}
