/// Files of any size under keys: written once, whole or not at all, and never changed.
///
/// Every call blocks on the disk or the network: make it on a thread of your own, and from as many as you like.
public protocol ObjectStore: Sendable {
    /// Makes the file at `path` the object `key`. When this returns the object is durable; after a crash before that it is
    /// there whole, or not at all. The file stays its owner's, who no longer changes it. Where there is such an object
    /// of the same size already, nothing is done.
    ///
    /// - Throws: `.invalidKey`; `.diskFull`; `.io`.
    func put(_ key: String, fileAt path: String) throws(ObjectStoreError)

    /// Puts the file at `path` in the place of the object `key`, or makes it that. When this returns that is durable; whoever
    /// reads the object meanwhile gets bytes of the old or of the new one.
    ///
    /// - Throws: `.invalidKey`; `.diskFull`; `.io`. The object is the old one or the new one then.
    func replace(_ key: String, fileAt path: String) throws(ObjectStoreError)

    /// The object's size; nil when there is no such object.
    ///
    /// - Throws: `.invalidKey`; `.io`.
    func byteCount(of key: String) throws(ObjectStoreError) -> UInt64?

    /// Reads bytes from `offset` on.
    ///
    /// - Returns: How many of `buffer` were filled; fewer only at the object's end.
    /// - Throws: `.missing`; `.invalidKey`; `.io`.
    func read(
        _ key: String, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ObjectStoreError) -> Int

    /// A read of fewer bytes takes as long as one of so many: what lies around them may as well be read too. 0 where that is
    /// not so.
    var readByteCountMin: Int { get }

    /// Removes the object, if it is there.
    ///
    /// - Throws: `.invalidKey`; `.io`.
    func remove(_ key: String) throws(ObjectStoreError)

    /// Keys in order. What is put or removed meanwhile may be there or not.
    ///
    /// - Parameters:
    ///   - key: Only those after it; nil: from the first on.
    ///   - limit: How many at most, at least 1; fewer are all that there are.
    /// - Throws: `.io`.
    func keys(after key: String?, limit: Int) throws(ObjectStoreError) -> [String]
}

extension ObjectStore {
    public var readByteCountMin: Int { 0 }
}

/// What the keys of objects are.
public enum ObjectKey {
    public static let byteCounts = 3...128

    /// Small letters and digits, so that no file system, server or URL takes one for something else.
    public static func isValid(_ key: String) -> Bool {
        byteCounts.contains(key.utf8.count)
            && key.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }

    static func check(_ key: String) throws(ObjectStoreError) {
        guard isValid(key) else {
            throw ObjectStoreError(.invalidKey, "a key has 3 to 128 small letters and digits", location: key)
        }
    }
}
