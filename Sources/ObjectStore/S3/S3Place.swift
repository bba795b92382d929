/// A bucket and a prefix: `s3://BUCKET/PREFIX?endpoint=URL&region=R`.
public struct S3Place: Sendable, Equatable, CustomStringConvertible {
    public let bucket: String
    /// Without slashes at its ends; empty for none.
    public let prefix: String
    /// `http://HOST:PORT` or `https://HOST`.
    public let endpoint: String
    public let region: String

    public static let scheme = "s3://"
    private static let regionDefault = "us-east-1"

    /// - Throws: `.invalidPlace`, which does not repeat the text: it may hold what should not be shown.
    public init(_ text: String) throws(ObjectStoreError) {
        guard text.hasPrefix(S3Place.scheme) else { throw S3Place.invalid("it begins with s3://") }
        let parts = text.dropFirst(S3Place.scheme.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        bucket = String(path[0])
        guard (3...63).contains(bucket.utf8.count), bucket.utf8.allSatisfy(S3Place.isBucketByte) else {
            throw S3Place.invalid("a bucket has 3 to 63 small letters, digits, dots and dashes, and no key before it")
        }
        let prefixParts = (path.count > 1 ? path[1] : "").split(separator: "/")
        prefix = prefixParts.joined(separator: "/")
        guard prefix.utf8.count <= 512, !prefixParts.contains("."), !prefixParts.contains(".."),
            prefix.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") })
        else { throw S3Place.invalid("a prefix has up to 512 printable characters of ASCII and no . or .. by itself") }
        var region = S3Place.regionDefault
        var endpoint: String?
        for part in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, let value = S3Place.decoded(pair[1]) else {
                throw S3Place.invalid("what stands after ? is name=value, joined by &")
            }
            switch pair[0] {
            case "region": region = value
            case "endpoint": endpoint = value
            default: throw S3Place.invalid("after ? there may be endpoint and region")
            }
        }
        guard !region.isEmpty, region.utf8.allSatisfy(S3Place.isBucketByte) else {
            throw S3Place.invalid("a region has small letters, digits and dashes")
        }
        self.region = region
        self.endpoint = try S3Place.checked(endpoint ?? "https://s3.\(region).amazonaws.com")
    }

    private static func checked(_ endpoint: String) throws(ObjectStoreError) -> String {
        var text = endpoint
        while text.hasSuffix("/") { text.removeLast() }
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            let host = text.dropFirst(scheme.count)
            let isPlain = host.utf8.allSatisfy {
                isBucketByte($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                    || [UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_")].contains($0)
            }
            if !host.isEmpty, isPlain { return text }
        }
        throw invalid("an endpoint is http:// or https://, a host and perhaps a port, and nothing else")
    }

    private static func isBucketByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func invalid(_ message: String) -> ObjectStoreError {
        ObjectStoreError(
            .invalidPlace, "it is no place such as s3://BUCKET/PREFIX?endpoint=URL&region=R: \(message)",
            location: "s3")
    }

    /// The name of an object in the bucket.
    func name(_ key: String) -> String { prefix.isEmpty ? key : prefix + "/" + key }

    /// As it was written, in full.
    public var description: String {
        "\(S3Place.scheme)\(bucket)/\(prefix)?endpoint=\(endpoint)&region=\(region)"
    }

    /// Without what is the same for all objects there.
    var shortDescription: String { S3Place.scheme + name("").dropLastSlash(bucket) }
}

extension String {
    fileprivate func dropLastSlash(_ bucket: String) -> String {
        let path = bucket + "/" + self
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
