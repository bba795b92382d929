/// Whether a store takes entries, and why not.
public struct StoreHealth: Sendable {
    public var isAccepting: Bool
    public var reason: LogError?
}
