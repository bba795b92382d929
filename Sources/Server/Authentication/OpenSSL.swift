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

    /// For protocols that prescribe it; protects nothing.
    static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        SHA1(bytes, bytes.count, &digest)
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

extension OpenSSL {
    /// SHA-256 of bytes that come in pieces. Belongs to one task at a time.
    final class Digest {
        private let context: OpaquePointer

        init() {
            context = EVP_MD_CTX_new()
            EVP_DigestInit_ex(context, EVP_sha256(), nil)
        }

        deinit { EVP_MD_CTX_free(context) }

        func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

        /// Nothing more is added.
        func finish() -> [UInt8] {
            var digest = [UInt8](repeating: 0, count: digestByteCount)
            EVP_DigestFinal_ex(context, &digest, nil)
            return digest
        }
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

/// A private key on the curve P-256.
final class PrivateKey: @unchecked Sendable {
    // OpenSSL counts references atomically and never changes a key in use.
    fileprivate let key: OpaquePointer

    fileprivate init(_ key: OpaquePointer) { self.key = key }

    deinit { EVP_PKEY_free(key) }

    static func generate() -> PrivateKey {
        guard let key = logdb_generate_p256() else { preconditionFailure("OpenSSL makes no P-256 key") }
        return PrivateKey(key)
    }

    /// Nil where this is no private key in PEM, or another passphrase's.
    convenience init?(pem: [UInt8], passphrase: String? = nil) {
        let key = OpenSSL.reading(pem) { logdb_read_private_key($0, passphrase) }
        guard let key else { return nil }
        self.init(key)
    }

    var pem: [UInt8] { pem(passphrase: nil) }

    /// Encrypted (PBES2, AES-256) with the passphrase where there is one.
    func pem(passphrase: String?) -> [UInt8] { OpenSSL.writing { logdb_write_private_key($0, key, passphrase) } }
}

/// A request for a certificate (PKCS #10): the key that somebody has, signed with it.
final class CertificateRequest {
    fileprivate let request: OpaquePointer

    /// Nil where this is no request in PEM, or its sender does not have the key.
    init?(pem: [UInt8]) {
        guard let request = OpenSSL.reading(pem, { logdb_read_request($0) }) else { return nil }
        self.request = request
        guard let key = X509_REQ_get0_pubkey(request), X509_REQ_verify(request, key) == 1 else { return nil }
    }

    deinit { X509_REQ_free(request) }

    /// A request for a certificate about `key`, as a device makes it, in PEM.
    static func make(_ key: PrivateKey) -> [UInt8] {
        guard let request = X509_REQ_new() else { return [] }
        defer { X509_REQ_free(request) }
        guard X509_REQ_set_version(request, 0) == 1, X509_REQ_set_pubkey(request, key.key) == 1,
            X509_REQ_sign(request, key.key, EVP_sha256()) > 0
        else { return [] }
        return OpenSSL.writing { PEM_write_bio_X509_REQ($0, request) }
    }

    /// Of the key: P-256 or P-384 as they are, the size of an RSA key, 0 of any other.
    var keyStrength: Int { Int(logdb_key_strength(X509_REQ_get0_pubkey(request))) }

    /// SHA-256 of the key as certificates have it.
    var keyHash: [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(X509_REQ_get0_pubkey(request), &bytes)
        defer { CRYPTO_free(bytes, #fileID, #line) }
        return count > 0 ? OpenSSL.sha256(Array(UnsafeBufferPointer(start: bytes, count: Int(count)))) : []
    }
}

/// A certificate (X.509, version 3).
final class Certificate: @unchecked Sendable {
    private let certificate: OpaquePointer

    private init(_ certificate: OpaquePointer) { self.certificate = certificate }

    deinit { X509_free(certificate) }

    /// Nil where this is no certificate in PEM.
    convenience init?(pem: [UInt8]) {
        guard let found = OpenSSL.reading(pem, { logdb_read_certificate($0) }) else { return nil }
        self.init(found)
    }

    convenience init?(der: [UInt8]) {
        let found = der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return d2i_X509(nil, &start, bytes.count)
        }
        guard let found else { return nil }
        self.init(found)
    }

    var pem: [UInt8] { OpenSSL.writing { PEM_write_bio_X509($0, certificate) } }

    /// The subject's alternative names that are URIs.
    var uris: [String] {
        var uris: [String] = []
        var text = [CChar](repeating: 0, count: 4_096)
        while true {
            let count = logdb_copy_uri(certificate, Int32(uris.count), &text, Int32(text.count))
            guard count >= 0 else { return uris }
            uris.append(String(decoding: text[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }

    /// In hexadecimal.
    var serial: String {
        guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else { return "" }
        defer { BN_free(number) }
        guard let text = BN_bn2hex(number) else { return "" }
        defer { CRYPTO_free(text, #fileID, #line) }
        return String(cString: text).lowercased()
    }

    /// The end of the time it is good for, in seconds since the epoch.
    var expires: Int64 {
        var (days, seconds): (Int32, Int32) = (0, 0)
        let epoch = ASN1_TIME_set(nil, 0)
        defer { ASN1_TIME_free(epoch) }
        ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(certificate))
        return Int64(days) * 86_400 + Int64(seconds)
    }

    /// A list of certificates that were taken back (RFC 5280, section 5), in PEM.
    ///
    /// - Parameters:
    ///   - revoked: Serial numbers in hexadecimal, and when each was taken back, in seconds since the epoch.
    ///   - seconds: From now on, until when there will be a newer list.
    static func revocationList(
        issuer: (certificate: Certificate, key: PrivateKey), revoked: [(serial: String, time: Int64)], now: Int64,
        seconds: Int64
    ) -> [UInt8]? {
        guard let list = X509_CRL_new() else { return nil }
        defer { X509_CRL_free(list) }
        let (updated, next) = (ASN1_TIME_set(nil, Int(now)), ASN1_TIME_set(nil, Int(now + seconds)))
        defer {
            ASN1_TIME_free(updated)
            ASN1_TIME_free(next)
        }
        guard X509_CRL_set_version(list, 1) == 1,
            X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer.certificate.certificate)) == 1,
            X509_CRL_set1_lastUpdate(list, updated) == 1, X509_CRL_set1_nextUpdate(list, next) == 1
        else { return nil }
        for (serial, time) in revoked {
            var number: OpaquePointer?
            guard BN_hex2bn(&number, serial) > 0, let entry = X509_REVOKED_new() else { return nil }
            defer { BN_free(number) }
            let (integer, date) = (BN_to_ASN1_INTEGER(number, nil), ASN1_TIME_set(nil, Int(time)))
            defer {
                ASN1_INTEGER_free(integer)
                ASN1_TIME_free(date)
            }
            X509_REVOKED_set_serialNumber(entry, integer)
            X509_REVOKED_set_revocationDate(entry, date)
            // The list has it from now on, and frees it.
            X509_CRL_add0_revoked(list, entry)
        }
        X509_CRL_sort(list)
        guard X509_CRL_sign(list, issuer.key.key, EVP_sha256()) > 0 else { return nil }
        return OpenSSL.writing { PEM_write_bio_X509_CRL($0, list) }
    }

    /// Whose key a new certificate is about.
    enum Subject {
        case key(PrivateKey)
        /// Of the request only the key counts: the name and what else it asks for are the issuer's business.
        case request(CertificateRequest)
    }

    /// Makes and signs a certificate.
    ///
    /// - Parameters:
    ///   - issuer: Nil: it signs itself.
    ///   - seconds: How long it is good, from a minute before now on, since clocks differ.
    ///   - extensions: By OpenSSL's names, with values as in its configuration files.
    static func make(
        _ subject: Subject, name: String, issuer: (certificate: Certificate, key: PrivateKey)?, seconds: Int,
        extensions: KeyValuePairs<String, String>
    ) -> Certificate? {
        guard let made = X509_new() else { return nil }
        let certificate = Certificate(made)
        let subjectKey: OpaquePointer?
        let ownKey: OpaquePointer?
        switch subject {
        case .key(let key): (subjectKey, ownKey) = (key.key, key.key)
        case .request(let request): (subjectKey, ownKey) = (X509_REQ_get0_pubkey(request.request), nil)
        }
        guard let subjectKey, let signer = issuer?.key.key ?? ownKey, X509_set_version(made, 2) == 1,
            X509_set_pubkey(made, subjectKey) == 1
        else { return nil }
        // 127 random bits, so that no two are the same and the number is positive.
        var serial = OpenSSL.random(16)
        serial[0] &= 0x7f
        let number = BN_bin2bn(serial, Int32(serial.count), nil)
        defer { BN_free(number) }
        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(made))
        X509_gmtime_adj(X509_getm_notBefore(made), -60)
        X509_gmtime_adj(X509_getm_notAfter(made), seconds)
        let text = Array(name.utf8)
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(made), "CN", MBSTRING_UTF8, text, Int32(text.count), -1, 0)
        let issuerCertificate = issuer?.certificate.certificate ?? made
        X509_set_issuer_name(made, X509_get_subject_name(issuerCertificate))
        for (name, value) in extensions {
            guard logdb_add_extension(made, issuerCertificate, OBJ_sn2nid(name), value) == 1 else { return nil }
        }
        return X509_sign(made, signer, EVP_sha256()) > 0 ? certificate : nil
    }
}

extension OpenSSL {
    fileprivate static func reading<R>(_ bytes: [UInt8], _ body: (OpaquePointer) -> R?) -> R? {
        guard let bio = BIO_new_mem_buf(bytes, Int32(bytes.count)) else { return nil }
        defer { BIO_free(bio) }
        return body(bio)
    }

    fileprivate static func writing(_ body: (OpaquePointer) -> Int32) -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { return [] }
        defer { BIO_free(bio) }
        guard body(bio) == 1 else { return [] }
        var bytes: UnsafeMutablePointer<CChar>?
        let count = logdb_bio_bytes(bio, &bytes)
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }
}
