import Glibc
import Synchronization

/// The keys that the keys of objects are encrypted with, from a file that belongs to whoever runs the server: a line of
/// 64 hexadecimal digits each, the newest last. What is written is written under the newest; the others are there to read
/// what was written under them. What `#` begins is not read.
///
/// Without its key nobody reads an object any more: copies of the file belong somewhere else than backups are.
public final class EncryptionKeys: Sendable {
    /// A key is known by the first eight bytes of a hash of it, which tell nothing of it.
    struct Key: Sendable {
        let id: [UInt8]
        let bytes: [UInt8]

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            id = Array(Digests.sha256(Array("logdb encryption key".utf8) + bytes).prefix(Key.idByteCount))
        }

        static let idByteCount = 8
    }

    public let path: String
    private let keys: Mutex<[Key]>

    private static let fileByteCountMax = 1 << 20

    /// - Throws: `.invalidKeys` for a file that cannot be read, has no key or a line that is none, or that others may read.
    public init(path: String) throws(ObjectStoreError) {
        self.path = path
        keys = Mutex(try EncryptionKeys.read(path))
    }

    /// Reads the file again, which may have got a new key.
    ///
    /// - Parameter id: What a key is known by that the file must still have; nil: none.
    /// - Throws: As `init`, and `.invalidKeys` for a file without that key; the keys stay as they were then.
    public func reload(keeping id: String? = nil) throws(ObjectStoreError) {
        let new = try EncryptionKeys.read(path)
        if let id, !new.contains(where: { Digests.hexadecimal($0.id) == id }) {
            throw ObjectStoreError(
                .invalidKeys, "objects are encrypted with the key \(id), which the file no longer has", location: path)
        }
        keys.withLock { $0 = new }
    }

    /// What the keys are known by, the newest last.
    public var ids: [String] { keys.withLock { $0.map { Digests.hexadecimal($0.id) } } }

    /// What the key is known by that is written under.
    public var newestID: String { Digests.hexadecimal(newest.id) }

    var newest: Key { keys.withLock { $0[$0.count - 1] } }

    func key(_ id: [UInt8]) -> Key? { keys.withLock { keys in keys.last { $0.id == id } } }

    /// A line for such a file, with a key that nobody has.
    public static func newLine() -> String { Digests.hexadecimal(RandomBytes.make(AES256GCM.keyByteCount)) }

    private static func read(_ path: String) throws(ObjectStoreError) -> [Key] {
        let file: SourceFile
        do throws(ObjectStoreError) {
            file = try SourceFile(path)
        } catch {
            throw ObjectStoreError(.invalidKeys, error.message, location: path)
        }
        guard file.mode & 0o007 == 0 else {
            throw ObjectStoreError(.invalidKeys, "everyone may read or write the keys; chmod 600 it", location: path)
        }
        guard file.byteCount <= fileByteCountMax else {
            throw ObjectStoreError(.invalidKeys, "the file is too large to be one of keys", location: path)
        }
        var keys: [Key] = []
        let text = String(decoding: try file.read(0..<file.byteCount), as: UTF8.self)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let digits = line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
            if digits.isEmpty { continue }
            guard let bytes = bytes(digits) else {
                // The line may be a secret, so it is not shown.
                throw ObjectStoreError(
                    .invalidKeys, "line \(index + 1) is no key: a key has 64 hexadecimal digits", location: path)
            }
            keys.append(Key(bytes))
        }
        guard !keys.isEmpty else {
            throw ObjectStoreError(.invalidKeys, "the file has no key; logdb keys new makes one", location: path)
        }
        return keys
    }

    private static func bytes(_ digits: some StringProtocol) -> [UInt8]? {
        guard digits.utf8.count == 2 * AES256GCM.keyByteCount else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in digits {
            guard character.isASCII, let value = character.hexDigitValue.map({ UInt8($0) }) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
