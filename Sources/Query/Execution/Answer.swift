/// What a query answers with.
public enum Answer: Sendable {
    case entries(EntryAnswer)
    case table(TableAnswer)
}
