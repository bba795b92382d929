import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
final class Sha256 {
    static let byteCount = 32
    private let context: OpaquePointer

    init() {
        context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

    /// The digest. Nothing more is added.
    func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Sha256.byteCount) { digest, count in
            EVP_DigestFinal_ex(context, digest.baseAddress, nil)
            count = Sha256.byteCount
        }
    }
}
