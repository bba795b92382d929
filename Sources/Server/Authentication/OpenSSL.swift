import COpenSSL

/// OpenSSL's libcrypto behind the few operations that the server needs. Everything may be called from any thread.
enum OpenSSL {
    static let digestByteCount = 32

    /// Bytes that nobody can guess.
    static func random(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // Without randomness nothing that follows would be safe.
        precondition(RAND_bytes(&bytes, Int32(count)) == 1, "the system gives no random bytes")
        return bytes
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: digestByteCount)
        SHA256(bytes, bytes.count, &digest)
        return digest
    }

    static func hmac(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: digestByteCount)
        var count: UInt32 = 0
        HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &digest, &count)
        return digest
    }

    /// Whether the bytes are the same, in a time that only their number decides.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// scrypt (RFC 7914). Takes 128 · blockSize · 2^logCost bytes of memory, and tens of milliseconds at sensible costs.
    static func scrypt(
        password: [UInt8], salt: [UInt8], logCost: Int, blockSize: Int, parallelism: Int, byteCount: Int
    ) -> [UInt8]? {
        var key = [UInt8](repeating: 0, count: byteCount)
        let memoryByteCountMax = UInt64(256 << 20)
        let done = password.withUnsafeBytes { password in
            EVP_PBE_scrypt(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                1 << UInt64(logCost), UInt64(blockSize), UInt64(parallelism), memoryByteCountMax, &key, byteCount)
        }
        return done == 1 ? key : nil
    }
}

/// An Ed25519 key (RFC 8032), which signs and verifies.
final class SigningKey: @unchecked Sendable {
    static let seedByteCount = 32
    static let signatureByteCount = 64

    // OpenSSL counts references atomically and never changes a key in use.
    private let key: OpaquePointer

    /// - Parameter seed: 32 bytes. Nil where OpenSSL refuses them.
    init?(seed: [UInt8]) {
        guard let key = EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count) else { return nil }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    func sign(_ message: [UInt8]) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: SigningKey.signatureByteCount)
        var count = signature.count
        let done =
            EVP_DigestSignInit(context, nil, nil, nil, key) == 1
            && EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        precondition(done, "a key in memory does not sign")
        return signature
    }

    func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == SigningKey.signatureByteCount else { return false }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
