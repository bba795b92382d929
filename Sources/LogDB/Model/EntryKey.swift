/// Where an entry stands in the one total order of a store, and its stable identity: it never changes once committed.
public struct EntryKey: Hashable, Sendable {
    /// Microseconds since the epoch.
    public var time: Int64
    /// The device's number in the tables.
    public var device: UInt32
    /// The session's number in the tables; 0 for entries without a session.
    public var session: UInt64
    /// The commit position, unique in the store.
    public var sequence: UInt64

    public init(time: Int64, device: UInt32, session: UInt64, sequence: UInt64) {
        self.time = time
        self.device = device
        self.session = session
        self.sequence = sequence
    }

    /// The identity as it is shown: four lower-case base-36 numbers joined by `-`.
    public var id: String {
        // The time is shown as an unsigned number so that the text has no sign of its own.
        [UInt64(bitPattern: time), UInt64(device), session, sequence]
            .map { String($0, radix: 36) }.joined(separator: "-")
    }

    /// Reads an identity back. Nil where the text is none.
    public init?(id: some StringProtocol) {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ !$0.isEmpty && $0.utf8.first != UInt8(ascii: "+") }),
            let time = UInt64(parts[0], radix: 36), let device = UInt32(parts[1], radix: 36),
            let session = UInt64(parts[2], radix: 36), let sequence = UInt64(parts[3], radix: 36)
        else { return nil }
        self.init(time: Int64(bitPattern: time), device: device, session: session, sequence: sequence)
    }
}
