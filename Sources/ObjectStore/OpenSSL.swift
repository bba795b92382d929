import COpenSSL

/// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), by OpenSSL.
enum Digests {
    private static let byteCount = 32

    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
            bytes.withUnsafeBytes {
                _ = EVP_Digest($0.baseAddress, $0.count, digest.baseAddress, nil, EVP_sha256(), nil)
            }
            count = byteCount
        }
    }

    static func hmac(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
            _ = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, digest.baseAddress, nil)
            count = byteCount
        }
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D), by OpenSSL: what is encrypted is known to be whole when it is decrypted.
struct AES256GCM: ~Copyable {
    static let keyByteCount = 32
    static let nonceByteCount = 12
    static let tagByteCount = 16

    private let context: OpaquePointer
    private let isEncrypting: Bool

    init(key: [UInt8], isEncrypting: Bool) {
        precondition(key.count == AES256GCM.keyByteCount)
        self.isEncrypting = isEncrypting
        context = EVP_CIPHER_CTX_new()
        EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nil, isEncrypting ? 1 : 0)
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Encrypts one text. A nonce is used once under a key.
    ///
    /// - Parameters:
    ///   - output: As many bytes as `plain` has, and those of a tag.
    ///   - context: What has to be the same when it is decrypted.
    func encrypt(
        _ plain: UnsafeRawBufferPointer, nonce: [UInt8], authenticating associated: [UInt8] = [],
        into output: UnsafeMutableRawBufferPointer
    ) {
        precondition(isEncrypting && output.count >= plain.count + AES256GCM.tagByteCount)
        begin(nonce, associated)
        var count: Int32 = 0
        let target = output.assumingMemoryBound(to: UInt8.self).baseAddress!
        if !plain.isEmpty {
            EVP_CipherUpdate(
                context, target, &count, plain.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(plain.count))
        }
        EVP_CipherFinal_ex(context, target + plain.count, &count)
        EVP_CIPHER_CTX_ctrl(
            context, EVP_CTRL_GCM_GET_TAG, Int32(AES256GCM.tagByteCount), target + plain.count)
    }

    /// Decrypts one text with the tag that follows it.
    ///
    /// - Parameter output: As many bytes as there are before the tag. Of no use where the answer is false.
    /// - Returns: Whether it is what was encrypted.
    func decrypt(
        _ encrypted: UnsafeRawBufferPointer, nonce: [UInt8], authenticating associated: [UInt8] = [],
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let plainCount = encrypted.count - AES256GCM.tagByteCount
        precondition(!isEncrypting && plainCount >= 0 && output.count >= plainCount)
        begin(nonce, associated)
        let source = encrypted.assumingMemoryBound(to: UInt8.self).baseAddress!
        var count: Int32 = 0
        if plainCount > 0 {
            let target = output.assumingMemoryBound(to: UInt8.self).baseAddress
            guard EVP_CipherUpdate(context, target, &count, source, Int32(plainCount)) == 1 else { return false }
        }
        EVP_CIPHER_CTX_ctrl(
            context, EVP_CTRL_GCM_SET_TAG, Int32(AES256GCM.tagByteCount),
            UnsafeMutableRawPointer(mutating: source + plainCount))
        var rest: UInt8 = 0
        return EVP_CipherFinal_ex(context, &rest, &count) == 1
    }

    private func begin(_ nonce: [UInt8], _ associated: [UInt8]) {
        precondition(nonce.count == AES256GCM.nonceByteCount)
        // The key stays.
        EVP_CipherInit_ex(context, nil, nil, nil, nonce, isEncrypting ? 1 : 0)
        var count: Int32 = 0
        if !associated.isEmpty { EVP_CipherUpdate(context, nil, &count, associated, Int32(associated.count)) }
    }
}

/// Bytes that nobody can guess.
enum RandomBytes {
    static func make(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // It fails only where the system has no source of randomness: nothing may be encrypted then.
        precondition(RAND_bytes(&bytes, Int32(count)) == 1, "the system gives no random bytes")
        return bytes
    }
}
