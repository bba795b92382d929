import Glibc

/// Why an object was not written, read or removed.
public struct ObjectStoreError: Error, Sendable, CustomStringConvertible {
    /// A stable name for the kind of error.
    public struct Code: Hashable, Sendable {
        public let name: String

        /// The key is none that an object may have.
        public static let invalidKey = Code(name: "invalid_key")
        /// There is no such object.
        public static let missing = Code(name: "missing")
        /// There is no room, or the quota of the disk is used up.
        public static let diskFull = Code(name: "disk_full")
        /// The text names no place of an object store, or its keys are missing.
        public static let invalidPlace = Code(name: "invalid_place")
        /// The server does not know who asks, or does not let them.
        public static let denied = Code(name: "denied")
        /// The bucket is not there.
        public static let missingBucket = Code(name: "missing_bucket")
        /// The file of the keys is none, or lacks the one that is needed.
        public static let invalidKeys = Code(name: "invalid_keys")
        /// The object is not what was put.
        public static let damaged = Code(name: "damaged")
        /// The system or the server refused, as the message says.
        public static let io = Code(name: "io")
    }

    public let code: Code
    public let message: String
    /// The file or key concerned.
    public let location: String

    public init(_ code: Code, _ message: String, location: String) {
        self.code = code
        self.message = message
        self.location = location
    }

    /// What the last system call said.
    static func system(_ action: String, _ location: String) -> ObjectStoreError {
        let number = errno
        let code: Code = number == ENOSPC || number == EDQUOT ? .diskFull : number == ENOENT ? .missing : .io
        return ObjectStoreError(code, "could not \(action): \(String(cString: strerror(number)))", location: location)
    }

    public var description: String { "\(location): \(message)" }
}
