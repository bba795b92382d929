/// A device and a session by their numbers in the tables.
struct ResolvedStream: Hashable, Sendable {
    var device: UInt32
    var session: UInt64
}
