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

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
