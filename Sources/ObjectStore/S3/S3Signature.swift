/// AWS Signature Version 4 for S3, in the `Authorization` header.
///
/// Source: Amazon S3 API reference, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)".
struct S3Signature {
    let credentials: S3Credentials
    let region: String
    /// `20130524T000000Z`.
    let time: String

    /// A request as it is signed.
    struct Request {
        var method: String
        /// Not encoded, from the first slash on.
        var path: String
        /// Not encoded, in any order.
        var query: [(name: String, value: String)] = []
        /// Those that are signed, `host` and all `x-amz-…` among them.
        var headers: [(name: String, value: String)]
        /// SHA-256 of the body, in hexadecimal.
        var bodyHash: String
    }

    private static let algorithm = "AWS4-HMAC-SHA256"

    private var day: Substring { time.prefix(8) }
    private var scope: String { "\(day)/\(region)/s3/aws4_request" }

    /// The value of the `Authorization` header.
    func authorization(_ request: Request) -> String {
        "\(S3Signature.algorithm) Credential=\(credentials.accessKey)/\(scope),"
            + "SignedHeaders=\(S3Signature.headerNames(request)),Signature=\(signature(request))"
    }

    func signature(_ request: Request) -> String {
        let hash = Digests.hexadecimal(Digests.sha256(Array(S3Signature.canonical(request).utf8)))
        let text = [S3Signature.algorithm, time, scope, hash].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretKey)".utf8)
        for part in [String(day), region, "s3", "aws4_request"] { key = Digests.hmac(Array(part.utf8), key: key) }
        return Digests.hexadecimal(Digests.hmac(Array(text.utf8), key: key))
    }

    private static func sorted(_ request: Request) -> [(name: String, value: String)] {
        request.headers.map { ($0.name.lowercased(), $0.value) }.sorted { $0.0 < $1.0 }
    }

    private static func headerNames(_ request: Request) -> String {
        sorted(request).map(\.name).joined(separator: ";")
    }

    static func canonical(_ request: Request) -> String {
        let headers = sorted(request).map { "\($0.name):\($0.value)\n" }.joined()
        return [
            request.method, encoded(request.path, keepsSlashes: true), queryText(request.query), headers,
            headerNames(request), request.bodyHash,
        ].joined(separator: "\n")
    }

    /// The query as it is signed, which is also good for sending.
    static func queryText(_ query: [(name: String, value: String)]) -> String {
        query.map { (encoded($0.name, keepsSlashes: false), encoded($0.value, keepsSlashes: false)) }
            .sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// All but letters, digits and `-._~` as `%XX`.
    static func encoded(_ text: String, keepsSlashes: Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: "/") where keepsSlashes: bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
