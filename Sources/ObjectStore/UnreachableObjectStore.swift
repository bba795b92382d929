/// Stands for a store that cannot be asked, and says why: what else there is stays of use.
public struct UnreachableObjectStore: ObjectStore {
    private let reason: ObjectStoreError

    public init(_ reason: ObjectStoreError) { self.reason = reason }

    public func put(_ key: String, fileAt path: String) throws(ObjectStoreError) { throw reason }
    public func replace(_ key: String, fileAt path: String) throws(ObjectStoreError) { throw reason }
    public func byteCount(of key: String) throws(ObjectStoreError) -> UInt64? { throw reason }
    public func remove(_ key: String) throws(ObjectStoreError) { throw reason }
    public func keys(after key: String?, limit: Int) throws(ObjectStoreError) -> [String] { throw reason }

    public func read(
        _ key: String, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ObjectStoreError) -> Int { throw reason }
}
