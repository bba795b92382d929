/// How many entries have a field.
public struct FieldCount: Sendable, Equatable {
    public var field: Field
    public var count: UInt64
}
