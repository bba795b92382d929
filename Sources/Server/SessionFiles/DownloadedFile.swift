import HTTPTypes
import HummingbirdCore
import NIOCore

/// A file of a known size as an answer: whole, a part of it, or that it has not changed (RFC 9110, sections 13 and 14).
struct DownloadedFile: Sendable {
    static let logType = "text/plain; charset=utf-8"

    var path: String
    var mediaType: String
    /// In bytes.
    var byteCount: UInt64
    /// That another content has not.
    var tag: String

    /// What is sent of every file: for keeping, never for showing as a page of the server's own.
    static func headers(_ path: String, isRanged: Bool) -> HTTPFields {
        let name = path.split(separator: "/").last.map(String.init) ?? "file"
        let plain = name.utf8.allSatisfy {
            (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        let encoded = PercentEncoding.encode(name)
        var headers: HTTPFields = [
            .contentDisposition: plain
                ? "attachment; filename=\"\(name)\"" : "attachment; filename=\"file\"; filename*=UTF-8''\(encoded)",
            .xContentTypeOptions: "nosniff",
        ]
        if isRanged { headers[.acceptRanges] = "bytes" }
        return headers
    }

    /// - Parameter write: Writes the bytes of a range, in order.
    func answer(
        _ exchange: Exchange,
        _ write: @escaping @Sendable (Range<UInt64>, ([UInt8]) async throws -> Void) async throws -> Void
    ) -> Response {
        let request = exchange.request.headers
        let quoted = "\"\(tag)\""
        var headers = DownloadedFile.headers(path, isRanged: true)
        headers[.eTag] = quoted
        headers[.contentType] = mediaType
        headers[.cacheControl] = "private, no-cache"
        if DownloadedFile.matches(request[.ifNoneMatch], quoted) {
            return Response(status: .notModified, headers: headers)
        }
        // A part of another content would not fit what the client has.
        let isSame = request[.ifRange].map { $0 == quoted } ?? true
        let wanted = isSame ? ByteRange(request[.range], size: byteCount) : .whole
        let range: Range<UInt64>
        switch wanted {
        case .whole: range = 0..<byteCount
        case .part(let part):
            range = part
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(byteCount)"
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(byteCount)"
            headers[.contentType] = nil
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
        return Response(
            status: range.count == byteCount && wanted == .whole ? .ok : .partialContent, headers: headers,
            body: ResponseBody(contentLength: range.count) { writer in
                try await exchange.writing(range, writer, write)
            })
    }

    /// Whether a list of tags has this one; `*` is any (RFC 9110, section 13.1.2).
    private static func matches(_ field: String?, _ tag: String) -> Bool {
        guard let field else { return false }
        return field.split(separator: ",").contains { part in
            let part = part.trimmingSpaces()
            return part == "*" || part == tag || part == "W/" + tag
        }
    }
}

extension Exchange {
    fileprivate func writing(
        _ range: Range<UInt64>, _ writer: any ResponseBodyWriter,
        _ write: (Range<UInt64>, ([UInt8]) async throws -> Void) async throws -> Void
    ) async throws {
        try await unbroken {
            var writer = writer
            try await write(range) { bytes in try await writer.write(ByteBuffer(bytes: bytes)) }
            try await writer.finish(nil)
        }
    }
}
