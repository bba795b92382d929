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

    static func hexadecimal(_ digest: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The digest of `bytes`, in hexadecimal.
    static func hexadecimal(of bytes: [UInt8]) -> String {
        let digest = Sha256()
        bytes.withUnsafeBytes { digest.update($0) }
        return hexadecimal(digest.finish())
    }
}
