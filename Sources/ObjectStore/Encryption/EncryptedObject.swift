/// What an object is under encryption: a header, then pieces, each encrypted by itself so that ranges can be read.
///
///     0   8  “LDBCRYPT”
///     8   1  version, 1
///     9   7  0
///    16   8  which of the keys
///    24   8  bytes of the object, unencrypted, u64 little-endian
///    32  12  nonce
///    44  48  the object's own key, encrypted under that key and nonce, with its tag; bytes 0..<32 and the object's name are
///            authenticated with it
///    92   4  0
///    96      pieces of 16 KiB, the last one shorter, each with its tag of 16 bytes; the nonce of the n-th from 0 on is n,
///            little-endian
///
/// The object's own key is drawn at random for each object, so that no nonce comes twice under it. Under one key of the file
/// nonces are drawn at random, which is safe for 2^32 objects (NIST SP 800-38D, section 8.3).
struct EncryptedObject {
    let keyID: [UInt8]
    private let objectKey: [UInt8]
    /// Unencrypted.
    let byteCount: UInt64

    static let headerByteCount = 96
    static let pieceByteCount = 16 << 10
    static let storedPieceByteCount = pieceByteCount + AES256GCM.tagByteCount
    private static let magic = Array("LDBCRYPT".utf8)
    private static let version: UInt8 = 1
    private static let authenticatedByteCount = 32
    private static let nonceRange = 32..<44
    private static let wrappedRange = 44..<92

    /// A new object, with a key of its own.
    init(byteCount: UInt64, under key: EncryptionKeys.Key) {
        keyID = key.id
        objectKey = RandomBytes.make(AES256GCM.keyByteCount)
        self.byteCount = byteCount
    }

    private init(keyID: [UInt8], objectKey: [UInt8], byteCount: UInt64) {
        self.keyID = keyID
        self.objectKey = objectKey
        self.byteCount = byteCount
    }

    /// The same object, its own key under another one.
    func under(_ key: EncryptionKeys.Key) -> EncryptedObject {
        EncryptedObject(keyID: key.id, objectKey: objectKey, byteCount: byteCount)
    }

    // MARK: The header

    /// Whether bytes begin as an encrypted object does.
    static func isHeader(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: magic) }

    /// - Parameter name: The object's.
    func header(named name: String, under key: EncryptionKeys.Key) -> [UInt8] {
        var header = EncryptedObject.magic + [EncryptedObject.version] + [UInt8](repeating: 0, count: 7)
        header += key.id
        withUnsafeBytes(of: byteCount.littleEndian) { header += $0 }
        let nonce = RandomBytes.make(AES256GCM.nonceByteCount)
        var wrapped = [UInt8](repeating: 0, count: EncryptedObject.wrappedRange.count)
        let cipher = AES256GCM(key: key.bytes, isEncrypting: true)
        objectKey.withUnsafeBytes { plain in
            wrapped.withUnsafeMutableBytes { output in
                cipher.encrypt(plain, nonce: nonce, authenticating: header + Array(name.utf8), into: output)
            }
        }
        return header + nonce + wrapped + [0, 0, 0, 0]
    }

    /// Reads the header of an encrypted object.
    ///
    /// - Throws: `.invalidKeys` when its key is not among `keys`; `.damaged`.
    init(header: [UInt8], named name: String, _ keys: EncryptionKeys) throws(ObjectStoreError) {
        guard header.count == EncryptedObject.headerByteCount, EncryptedObject.isHeader(header) else {
            throw ObjectStoreError(.damaged, "the object has no whole header", location: name)
        }
        guard header[8] == EncryptedObject.version else {
            throw ObjectStoreError(.damaged, "the object is encrypted as this build does not know", location: name)
        }
        let id = Array(header[16..<24])
        guard let key = keys.key(id) else {
            throw ObjectStoreError(
                .invalidKeys,
                "the object is encrypted with the key \(Digests.hexadecimal(id)), which \(keys.path) does not have",
                location: name)
        }
        var objectKey = [UInt8](repeating: 0, count: AES256GCM.keyByteCount)
        let cipher = AES256GCM(key: key.bytes, isEncrypting: false)
        let isRight = header[EncryptedObject.wrappedRange].withUnsafeBytes { wrapped in
            objectKey.withUnsafeMutableBytes { output in
                cipher.decrypt(
                    wrapped, nonce: Array(header[EncryptedObject.nonceRange]),
                    authenticating: Array(header[..<EncryptedObject.authenticatedByteCount]) + Array(name.utf8),
                    into: output)
            }
        }
        guard isRight else {
            throw ObjectStoreError(.damaged, "the object's header was changed, or is another's", location: name)
        }
        keyID = id
        self.objectKey = objectKey
        byteCount = header.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        }
    }

    // MARK: Pieces

    var pieceCount: UInt64 { EncryptedObject.pieceCount(byteCount) }

    private static func pieceCount(_ byteCount: UInt64) -> UInt64 {
        (byteCount + UInt64(pieceByteCount) - 1) / UInt64(pieceByteCount)
    }

    /// Bytes of an object as it is kept.
    static func storedByteCount(_ byteCount: UInt64) -> UInt64 {
        UInt64(headerByteCount) + byteCount + pieceCount(byteCount) * UInt64(AES256GCM.tagByteCount)
    }

    /// Unencrypted bytes of what is kept of an object, at most.
    static func byteCount(ofStored stored: UInt64) -> UInt64 {
        let rest = stored - min(stored, UInt64(headerByteCount))
        let (whole, last) = rest.quotientAndRemainder(dividingBy: UInt64(storedPieceByteCount))
        return whole * UInt64(pieceByteCount) + last - min(last, UInt64(AES256GCM.tagByteCount))
    }

    /// Where pieces are in what is kept.
    func storedRange(_ pieces: Range<UInt64>) -> Range<UInt64> {
        func place(_ piece: UInt64) -> UInt64 {
            UInt64(EncryptedObject.headerByteCount) + piece * UInt64(EncryptedObject.storedPieceByteCount)
        }
        return place(pieces.lowerBound)..<min(place(pieces.upperBound), EncryptedObject.storedByteCount(byteCount))
    }

    func cipher(isEncrypting: Bool) -> AES256GCM { AES256GCM(key: objectKey, isEncrypting: isEncrypting) }

    /// How many bytes a piece has, unencrypted.
    func byteCount(ofPiece piece: UInt64) -> Int {
        let start = piece * UInt64(EncryptedObject.pieceByteCount)
        return Int(min(UInt64(EncryptedObject.pieceByteCount), byteCount - min(start, byteCount)))
    }

    static func nonce(_ piece: UInt64) -> [UInt8] {
        withUnsafeBytes(of: piece.littleEndian) { Array($0) + [0, 0, 0, 0] }
    }
}
