extension EntryDecoder {
    /// What entries have where they do not say it themselves.
    public struct Defaults: Sendable {
        public var device: String?
        public var session: String?
        public var module: String?
        public var logger: String?
        public var process: String?
        public var thread: String?
        /// The time of entries without one.
        public var receivedAt: Timestamp
        /// The device that the sender is known to be: an entry that names another is refused, one that names none is
        /// its.
        public var requiredDevice: String?

        public init(
            device: String? = nil, session: String? = nil, module: String? = nil, logger: String? = nil,
            process: String? = nil, thread: String? = nil, requiredDevice: String? = nil, receivedAt: Timestamp
        ) {
            self.device = device
            self.session = session
            self.module = module
            self.logger = logger
            self.process = process
            self.thread = thread
            self.requiredDevice = requiredDevice
            self.receivedAt = receivedAt
        }
    }

    /// How much an entry may hold. What is beyond a limit is refused with the code named there.
    public struct Limits: Sendable {
        /// Bytes of a line, or of one entry in a JSON document. `line_too_long`.
        public var lineByteCountMax = 1 << 20
        /// Attributes of an entry's context, after flattening, shared ones included. `too_many_fields`. Their names are
        /// compared pairwise for duplicates, which bounds what an operator should set here.
        public var attributeCountMax = 512
        /// Bytes of an attribute's name, its path with dots included. `field_too_long`.
        public var keyByteCountMax = 512
        /// Bytes of a device, session, module, logger, process or thread. `field_too_long`.
        public var idByteCountMax = 1_024
        /// Objects and arrays around a value, the entry's own object included. `too_deep`. Reading uses the thread's
        /// stack to this depth.
        public var depthMax = 32
        /// How many rejections are kept with their reasons; the others are only counted.
        public var rejectionCountMax = 1_000

        public init() {}
    }
}
