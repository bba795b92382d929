import Glibc
import Synchronization

/// Objects of another store, encrypted there. What was put before there were keys is read as it is.
///
/// The first time an object is asked for costs a read of its header; a number of headers is remembered.
public final class EncryptedObjectStore: ObjectStore {
    /// What is known of an object.
    private enum Known {
        case plain
        case encrypted(EncryptedObject)
    }

    private struct State {
        var known: [String: Known] = [:]
        /// Objects that are being replaced: what is read of them meanwhile may be the old or the new one's.
        var changing: Set<String> = []
        /// How many were replaced, and the last of these.
        var changeCount = 0
        var changed: [String] = []

        /// Whether the object is what it was when there had been so many changes. No, where too many came since to tell.
        func isUnchanged(_ key: String, since before: Int) -> Bool {
            let newer = changeCount - before
            return newer <= changed.count && !changed.suffix(newer).contains(key) && !changing.contains(key)
        }
    }

    private let inner: any ObjectStore
    private let keys: EncryptionKeys
    private let draftDirectory: String?
    private let state = Mutex(State())

    /// Headers take some 200 bytes each.
    private static let knownCountMax = 4_096
    private static let changedCountMax = 1_024
    /// Of all stores of the process, which may have one directory for drafts.
    private static let draftCount = Mutex(0)
    /// In microseconds, until an object that is being replaced is read again.
    private static let changePause: useconds_t = 1_000

    /// - Parameter draftDirectory: Where files are made that are to become objects; made itself, for its owner alone. Others
    ///   may use it too. Nil where nothing is to be put.
    public init(_ inner: any ObjectStore, keys: EncryptionKeys, draftDirectory: String?) {
        self.inner = inner
        self.keys = keys
        self.draftDirectory = draftDirectory
    }

    public var readByteCountMin: Int { inner.readByteCountMin }

    /// Whether bytes are the first of an encrypted object.
    public static func isEncrypted(_ bytes: some Collection<UInt8>) -> Bool { EncryptedObject.isHeader(bytes) }

    // MARK: Writing

    public func put(_ key: String, fileAt path: String) throws(ObjectStoreError) {
        try ObjectKey.check(key)
        let source = try SourceFile(path)
        let found = try inner.byteCount(of: key)
        if found == EncryptedObject.storedByteCount(UInt64(source.byteCount)) { return }
        let (draft, object) = try makeDraft(key, source)
        defer { unlink(draft) }
        if found == nil {
            try inner.put(key, fileAt: draft)
            state.withLock { EncryptedObjectStore.remember(key, .encrypted(object), in: &$0) }
        } else {
            // It is not whole, or not encrypted, and may be read now.
            try change(key) { () throws(ObjectStoreError) in try inner.replace(key, fileAt: draft) }
        }
    }

    public func replace(_ key: String, fileAt path: String) throws(ObjectStoreError) {
        try ObjectKey.check(key)
        let (draft, _) = try makeDraft(key, try SourceFile(path))
        defer { unlink(draft) }
        try change(key) { () throws(ObjectStoreError) in try inner.replace(key, fileAt: draft) }
    }

    public func remove(_ key: String) throws(ObjectStoreError) {
        try inner.remove(key)
        state.withLock { $0.known[key] = nil }
    }

    private func makeDraft(
        _ key: String, _ source: borrowing SourceFile
    ) throws(ObjectStoreError) -> (path: String, object: EncryptedObject) {
        let newest = keys.newest
        let object = EncryptedObject(byteCount: UInt64(source.byteCount), under: newest)
        let draft = try draftPath(key)
        try EncryptedFile.make(source, object, named: key, under: newest, at: draft)
        return (draft, object)
    }

    private func draftPath(_ key: String) throws(ObjectStoreError) -> String {
        guard let draftDirectory else {
            throw ObjectStoreError(.io, "these objects are only read", location: key)
        }
        if mkdir(draftDirectory, 0o700) != 0, errno != EEXIST { throw .system("make a directory", draftDirectory) }
        let number = EncryptedObjectStore.draftCount.withLock { count in
            count += 1
            return count
        }
        return "\(draftDirectory)/\(key).\(number)"
    }

    // MARK: Reading

    public func byteCount(of key: String) throws(ObjectStoreError) -> UInt64? {
        try steadily(key) { () throws(ObjectStoreError) in
            guard let stored = try inner.byteCount(of: key) else { return nil }
            switch try known(key) {
            case .plain, nil: return stored
            case .encrypted(let object):
                // One that is not whole is smaller.
                return min(object.byteCount, EncryptedObject.byteCount(ofStored: stored))
            }
        }
    }

    public func read(
        _ key: String, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ObjectStoreError) -> Int {
        try steadily(key) { () throws(ObjectStoreError) in
            switch try known(key) {
            case .encrypted(let object): return try read(key, object, at: offset, into: buffer)
            case .plain: return try inner.read(key, at: offset, into: buffer)
            case nil: throw ObjectStoreError(.missing, "there is no such object", location: key)
            }
        }
    }

    /// Runs `body` until nobody replaced the object meanwhile: it may have become another's bytes since it was known how to read
    /// them.
    private func steadily<R>(
        _ key: String, _ body: () throws(ObjectStoreError) -> R
    ) throws(ObjectStoreError) -> R {
        while true {
            let before = state.withLock { $0.changeCount }
            let outcome: Result<R, ObjectStoreError>
            do throws(ObjectStoreError) { outcome = .success(try body()) } catch { outcome = .failure(error) }
            if state.withLock({ $0.isUnchanged(key, since: before) }) { return try outcome.get() }
            usleep(EncryptedObjectStore.changePause)
        }
    }

    private func read(
        _ key: String, _ object: EncryptedObject, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ObjectStoreError) -> Int {
        guard offset < object.byteCount, !buffer.isEmpty else { return 0 }
        let size = UInt64(EncryptedObject.pieceByteCount)
        let end = min(offset + UInt64(buffer.count), object.byteCount)
        let pieces = (offset / size)..<((end + size - 1) / size)
        let stored = object.storedRange(pieces)
        let bytes = try inner.bytes(key, at: stored.lowerBound, count: stored.count)
        guard bytes.count == stored.count else {
            throw ObjectStoreError(.damaged, "the object is not whole", location: key)
        }
        let cipher = object.cipher(isEncrypting: false)
        var scratch = [UInt8](repeating: 0, count: EncryptedObject.pieceByteCount)
        for piece in pieces {
            let place = Int(piece - pieces.lowerBound) * EncryptedObject.storedPieceByteCount
            let count = object.byteCount(ofPiece: piece)
            let isRight = bytes[place..<(place + count + AES256GCM.tagByteCount)].withUnsafeBytes { encrypted in
                scratch.withUnsafeMutableBytes {
                    cipher.decrypt(encrypted, nonce: EncryptedObject.nonce(piece), into: $0)
                }
            }
            guard isRight else {
                throw ObjectStoreError(.damaged, "the object was changed at byte \(piece * size)", location: key)
            }
            let start = max(offset, piece * size)
            let stop = min(end, piece * size + UInt64(count))
            scratch.withUnsafeBytes {
                let wanted = $0[Int(start - piece * size)..<Int(stop - piece * size)]
                UnsafeMutableRawBufferPointer(rebasing: buffer[Int(start - offset)...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: wanted))
            }
        }
        return Int(end - offset)
    }

    public func keys(after key: String?, limit: Int) throws(ObjectStoreError) -> [String] {
        try inner.keys(after: key, limit: limit)
    }

    // MARK: What is known

    /// Nil where there is no such object.
    private func known(_ key: String) throws(ObjectStoreError) -> Known? {
        let (found, before) = state.withLock { ($0.known[key], $0.changeCount) }
        if let found { return found }
        let header: [UInt8]
        do throws(ObjectStoreError) {
            header = try inner.bytes(key, at: 0, count: EncryptedObject.headerByteCount)
        } catch {
            if error.code == .missing { return nil }
            throw error
        }
        let known =
            EncryptedObject.isHeader(header)
            ? Known.encrypted(try EncryptedObject(header: header, named: key, keys)) : .plain
        state.withLock { state in
            if state.isUnchanged(key, since: before) { EncryptedObjectStore.remember(key, known, in: &state) }
        }
        return known
    }

    private static func remember(_ key: String, _ known: Known, in state: inout State) {
        if state.known.count >= knownCountMax { state.known = [:] }
        state.known[key] = known
    }

    /// Runs `body`, which replaces the object.
    private func change(_ key: String, _ body: () throws(ObjectStoreError) -> Void) throws(ObjectStoreError) {
        state.withLock { state in
            state.changing.insert(key)
            state.known[key] = nil
        }
        defer {
            state.withLock { state in
                state.changing.remove(key)
                state.changeCount += 1
                state.changed.append(key)
                if state.changed.count > EncryptedObjectStore.changedCountMax { state.changed.removeFirst() }
            }
        }
        try body()
    }
}

// MARK: - Other keys

extension EncryptedObjectStore {
    /// What `renew` did.
    public enum Renewal: Sendable {
        /// It is under the newest key already.
        case none
        /// Its own key is under the newest one now.
        case renewed
        /// It was not encrypted, and is.
        case encrypted
    }

    /// Brings an object under the newest key. What it holds is not encrypted anew; its bytes are copied once. Whoever reads it
    /// meanwhile gets the same bytes.
    ///
    /// - Throws: `.missing`, `.invalidKeys`, `.damaged`, `.diskFull`, `.io`. The object is as it was then.
    public func renew(_ key: String) throws(ObjectStoreError) -> Renewal {
        let newest = keys.newest
        let draft = try draftPath(key)
        defer { unlink(draft) }
        switch try known(key) {
        case nil: throw ObjectStoreError(.missing, "there is no such object", location: key)
        case .encrypted(let object) where object.keyID == newest.id: return .none
        case .encrypted(let object):
            let new = object.under(newest)
            try EncryptedFile.copy(
                key, of: inner, header: new.header(named: key, under: newest),
                byteCount: EncryptedObject.storedByteCount(object.byteCount), at: draft)
            try change(key) { () throws(ObjectStoreError) in try inner.replace(key, fileAt: draft) }
            return .renewed
        case .plain:
            let plain = draft + ".plain"
            defer { unlink(plain) }
            try EncryptedFile.copy(
                key, of: inner, header: [], byteCount: try inner.byteCount(of: key) ?? 0, at: plain)
            let source = try SourceFile(plain)
            let object = EncryptedObject(byteCount: UInt64(source.byteCount), under: newest)
            try EncryptedFile.make(source, object, named: key, under: newest, at: draft)
            try change(key) { () throws(ObjectStoreError) in try inner.replace(key, fileAt: draft) }
            return .encrypted
        }
    }
}
