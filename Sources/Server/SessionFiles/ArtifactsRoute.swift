import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel

/// Uploads into sessions. A device has its own sessions only.
enum ArtifactsRoute {
    /// `POST /api/v1/sessions/{id}/artifacts?path=…`: the body is the file, or the part of it that `Content-Range` says.
    @Sendable static func upload(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let path = try ArtifactPath(try parameters.require("path"))
        let isReplacing = try parameters.takeChoice("replace", ["true": true, "false": false]) ?? false
        let hash = try parameters.take("sha256").map { (text) throws(Problem) in try digest(text) }
        try parameters.checkAllTaken()
        let (session, device) = try await exchange.pathSession()
        let headers = exchange.request.headers
        guard try ContentCoding(contentEncoding: headers[.contentEncoding]) == .identity else {
            throw Problem(415, "unsupported_encoding", "A file is sent as it is, without Content-Encoding.")
        }
        let part = try headers[.contentRange].map { (field) throws(Problem) in
            try contentRange(field, declared: exchange.body.declaredByteCount)
        }
        let upload = ArtifactUpload(
            session: session.id, account: device.accountID, path: path, mediaType: mediaType(headers[.contentType]),
            hash: hash, part: part, byteCount: part?.total ?? exchange.body.declaredByteCount.map { UInt64($0) },
            isReplacing: isReplacing, author: exchange.author, isAudited: exchange.principal?.kind != .device)
        let outcome = try await exchange.services.artifacts.receive(
            upload, exchange.body, pace: BodyPace(exchange.limits))
        switch outcome {
        case .made(let artifact): return answer(artifact, .created, exchange)
        case .same(let artifact): return answer(artifact, .ok, exchange)
        case .part(let offset):
            var response = exchange.json(status: .accepted) { json in
                json.object { json in
                    json.member("path", path.text)
                    json.member("offset", offset)
                    json.member("complete", false)
                }
            }
            response.headers[.uploadOffset] = String(offset)
            return response
        }
    }

    /// `GET /api/v1/sessions/{id}/artifacts?path=…`, HEAD: how much of an upload is here.
    @Sendable static func progress(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let path = try ArtifactPath(try parameters.require("path"))
        try parameters.checkAllTaken()
        let (session, device) = try await exchange.pathSession()
        let artifacts = exchange.services.artifacts
        let name = ArtifactDrafts.Name(account: device.accountID, session: session.id, path: path)
        // One that takes an artifact's place is under way beside it.
        if let offset = await artifacts.threads.run({ artifacts.drafts.byteCount(name) }) {
            var response = exchange.json { json in
                json.object { json in
                    json.member("path", path.text)
                    json.member("offset", offset)
                    json.member("complete", false)
                }
            }
            response.headers[.uploadOffset] = String(offset)
            return response
        }
        guard let found = try await artifacts.find(path.text, of: session.id) else {
            throw ArtifactError(.unknown, "nothing of “\(path.text)” is here; begin with its first byte")
        }
        return answer(found, .ok, exchange)
    }

    /// `DELETE /api/v1/sessions/{id}/artifacts?path=…`.
    @Sendable static func remove(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let path = try parameters.require("path")
        try parameters.checkAllTaken()
        let (session, _) = try await exchange.pathSession()
        guard let found = try await exchange.services.artifacts.find(path, of: session.id) else {
            throw ArtifactError.unknown(path)
        }
        try await exchange.services.artifacts.remove(found, by: exchange.author)
        return Response(status: .noContent)
    }

    private static func answer(
        _ artifact: ArtifactRecord, _ status: HTTPResponse.Status, _ exchange: Exchange
    ) -> Response {
        var response = exchange.json(status: status) { json in
            json.object { json in
                json.member("path", artifact.path)
                json.member("offset", artifact.byteCount)
                json.member("complete", true)
                json.member("size", artifact.byteCount)
                json.member("sha256", AuditLog.hexadecimal(artifact.hash))
                json.member("content_type", artifact.mediaType)
                json.member("uploaded_at", Timestamp(microseconds: artifact.created))
            }
        }
        response.headers[.uploadOffset] = String(artifact.byteCount)
        return response
    }

    private static func digest(_ text: String) throws(Problem) -> [UInt8] {
        guard let hash = Hexadecimal.bytes(text, count: OpenSSL.digestByteCount) else {
            throw Problem.parameter(
                "sha256", "invalid_parameter", "“sha256” is 64 hexadecimal digits, as sha256sum prints them.")
        }
        return hash
    }

    private static func contentRange(_ field: String, declared: Int?) throws(Problem) -> ContentRange {
        guard let part = ContentRange(field) else {
            throw Problem.parameter(
                "Content-Range", "invalid_content_range", "“\(field)” is no part of a file.",
                expected: ["bytes 0-1023/4096"])
        }
        guard let declared, UInt64(declared) == part.last + 1 - part.first else {
            throw Problem.parameter(
                "Content-Range", "invalid_content_range",
                "A part from byte \(part.first) to \(part.last) has a Content-Length of \(part.last + 1 - part.first).")
        }
        return part
    }

    private static let mediaTypeByteCountMax = 128

    /// As it was sent, where it is a type and a subtype; what they are is the reader's business.
    private static func mediaType(_ field: String?) -> String {
        let unknown = "application/octet-stream"
        guard let field, field.utf8.count <= mediaTypeByteCountMax,
            field.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }), field.contains("/")
        else { return unknown }
        // What a form or curl says by itself says nothing of the file.
        return field.hasPrefix("application/x-www-form-urlencoded") ? unknown : field
    }
}
