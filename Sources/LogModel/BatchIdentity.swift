/// Names a batch for good, so that sending it twice stores it once: the device, the boot (any text that the sender
/// draws anew when it starts counting again) and the number of the batch within that boot.
public struct BatchIdentity: Hashable, Sendable {
    public var device: String
    public var boot: String
    /// Counts up from 1 within a boot; a batch may overtake another.
    public var sequence: UInt64

    public init(device: String, boot: String, sequence: UInt64) {
        self.device = device
        self.boot = boot
        self.sequence = sequence
    }
}
