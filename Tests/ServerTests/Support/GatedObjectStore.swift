import Foundation
import ObjectStore
import Synchronization

/// An object store that notes what is put, and may hold the first put up until it is let go on.
final class GatedObjectStore: ObjectStore {
    private let inner: DirectoryObjectStore
    private let gate: DispatchSemaphore?
    private let state = Mutex((put: [String](), isReached: false))

    init(_ root: String, isGated: Bool = false) {
        inner = DirectoryObjectStore(root, isApart: true)
        gate = isGated ? DispatchSemaphore(value: 0) : nil
    }

    /// The keys that were put, but for those that were there.
    var put: [String] { state.withLock { $0.put } }
    var isReached: Bool { state.withLock { $0.isReached } }

    func open() { gate?.signal() }

    /// Where the object is.
    func path(_ key: String) -> String { inner.root + "/" + key.prefix(2) + "/" + key.dropFirst(2) }

    func put(_ key: String, fileAt path: String) throws(ObjectStoreError) {
        let isFirst = state.withLock { state in
            defer { state.isReached = true }
            return !state.isReached
        }
        if isFirst { gate?.wait() }
        try inner.put(key, fileAt: path)
        state.withLock { $0.put.append(key) }
    }

    func replace(_ key: String, fileAt path: String) throws(ObjectStoreError) { try inner.replace(key, fileAt: path) }
    func byteCount(of key: String) throws(ObjectStoreError) -> UInt64? { try inner.byteCount(of: key) }
    func remove(_ key: String) throws(ObjectStoreError) { try inner.remove(key) }

    func read(
        _ key: String, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ObjectStoreError) -> Int { try inner.read(key, at: offset, into: buffer) }

    func keys(after key: String?, limit: Int) throws(ObjectStoreError) -> [String] {
        try inner.keys(after: key, limit: limit)
    }
}
