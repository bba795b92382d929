import COpenSSL

/// A device's private key, on the curve P-256 when it was made here. The one owner of OpenSSL's handle.
struct DeviceKey: ~Copyable {
    fileprivate let key: OpaquePointer

    private init(_ key: OpaquePointer) { self.key = key }

    deinit { EVP_PKEY_free(key) }

    /// Makes a new one.
    static func generate() throws(AgentError) -> DeviceKey {
        guard let key = logdb_generate_p256() else {
            throw AgentError(.io, "OpenSSL makes no P-256 key; the system may lack random numbers")
        }
        return DeviceKey(key)
    }

    /// Reads one.
    ///
    /// - Parameter path: Where it is from, for messages.
    /// - Throws: `AgentError` `.corruption` for what is no private key in PEM, or an encrypted one.
    init(pem: [UInt8], path: String) throws(AgentError) {
        guard let key = OpenSSLText.reading(pem, { logdb_read_private_key($0, nil) }) else {
            throw AgentError(
                .corruption, "\(path) has no private key in PEM that is not encrypted; remove it to make a new one")
        }
        self.key = key
    }

    /// PKCS #8, in PEM.
    var pem: [UInt8] { OpenSSLText.writing { logdb_write_private_key($0, key, nil) } }

    /// A request for a certificate about this key (PKCS #10), in PEM. It names nobody: whose certificate it is, the
    /// server says.
    func certificateRequest() throws(AgentError) -> String {
        guard let request = X509_REQ_new() else { throw DeviceKey.unsigned }
        defer { X509_REQ_free(request) }
        guard X509_REQ_set_version(request, 0) == 1, X509_REQ_set_pubkey(request, key) == 1,
            X509_REQ_sign(request, key, EVP_sha256()) > 0
        else { throw DeviceKey.unsigned }
        return String(decoding: OpenSSLText.writing { PEM_write_bio_X509_REQ($0, request) }, as: UTF8.self)
    }

    private static var unsigned: AgentError { AgentError(.io, "OpenSSL signs no certificate request with the key") }
}

/// A device's certificate (X.509). The one owner of OpenSSL's handle.
struct DeviceCertificate: ~Copyable {
    private let certificate: OpaquePointer

    deinit { X509_free(certificate) }

    /// Reads the first certificate of a PEM text.
    ///
    /// - Parameter source: Where it is from, for messages.
    /// - Throws: `AgentError` `.corruption` where there is none.
    init(pem: [UInt8], source: String) throws(AgentError) {
        guard let certificate = OpenSSLText.reading(pem, { logdb_read_certificate($0) }) else {
            throw AgentError(.corruption, "\(source) has no certificate in PEM")
        }
        self.certificate = certificate
    }

    /// Whether it is about that key.
    func isFor(_ key: borrowing DeviceKey) -> Bool { X509_check_private_key(certificate, key.key) == 1 }

    var lifetime: CertificateLifetime {
        CertificateLifetime(
            begin: DeviceCertificate.seconds(X509_get0_notBefore(certificate)),
            end: DeviceCertificate.seconds(X509_get0_notAfter(certificate)))
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var (days, seconds): (Int32, Int32) = (0, 0)
        let epoch = ASN1_TIME_set(nil, 0)
        defer { ASN1_TIME_free(epoch) }
        ASN1_TIME_diff(&days, &seconds, epoch, time)
        return Int64(days) * 86_400 + Int64(seconds)
    }
}

/// Digests of files.
enum FileDigest {
    /// SHA-256 of a file's first bytes, in hexadecimal.
    ///
    /// - Throws: `AgentError` `.io`, also where the file has fewer.
    static func sha256(of descriptor: Int32, byteCount: UInt64, path: String) throws(AgentError) -> String {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw AgentError(.io, "OpenSSL has no SHA-256")
        }
        var offset: UInt64 = 0
        while offset < byteCount {
            var piece: [UInt8] = []
            let count = try Files.readPiece(
                descriptor, at: Int64(offset), byteCount: Int(min(byteCount - offset, 256 << 10)), into: &piece,
                path: path)
            guard count > 0 else { throw AgentError(.io, "\(path) became shorter while it was read") }
            EVP_DigestUpdate(context, piece, count)
            offset += UInt64(count)
        }
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return digest.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}

/// PEM in and out of OpenSSL.
private enum OpenSSLText {
    static func reading(_ bytes: [UInt8], _ body: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
        guard let bio = BIO_new_mem_buf(bytes, Int32(bytes.count)) else { return nil }
        defer { BIO_free(bio) }
        return body(bio)
    }

    static func writing(_ body: (OpaquePointer) -> Int32) -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { return [] }
        defer { BIO_free(bio) }
        guard body(bio) == 1 else { return [] }
        var bytes: UnsafeMutablePointer<CChar>?
        let count = logdb_bio_bytes(bio, &bytes)
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }
}
