import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}

extension Exchange {
    private static let keyByteCountMax = 255

    /// Answers a request that makes something with 201: once for each `Idempotency-Key`, where there is one.
    ///
    /// - Parameters:
    ///   - isSecret: The answer has something that is shown once.
    ///   - make: Makes it from the members of the body's JSON object, and writes the answer's JSON.
    /// - Throws: What `make` throws; `Problem` 400, 409, 413, 415, 422.
    func creating(
        isSecret: Bool = false, _ make: (inout Parameters) async throws -> JSONOutput
    ) async throws -> Response {
        try await creatingAs("application/json", isSecret: isSecret) { body, _ in
            var members = try Exchange.members(body)
            return try await make(&members).bytes
        }
    }

    /// As `creating`, with an answer of any type that is made from the body as it came. What `make` makes of which there may
    /// be two, it records with the note in the same commit: a crash leaves both, or neither.
    func creatingAs(
        _ mediaType: String, isSecret: Bool = false, _ make: (ByteBuffer, CreationNote) async throws -> [UInt8]
    ) async throws -> Response {
        let body = try await bodyBytes()
        guard let key = try idempotencyKey() else {
            return created(try await make(body, CreationNote()), mediaType, isSecret: isSecret)
        }
        let bodyHash = OpenSSL.sha256(Array(body.readableBytesView))
        let requests = services.idempotentRequests
        switch requests.begin(key, bodyHash: bodyHash) {
        case .again(let answer): return created(answer, mediaType, isSecret: isSecret)
        case .refused(let problem): throw problem
        case .first: break
        }
        let note = CreationNote(requests, key: key, bodyHash: bodyHash)
        let answer: [UInt8]
        do {
            answer = try await make(body, note)
        } catch {
            requests.abandon(key)
            throw error
        }
        if let record = note.recorded {
            requests.didRecord(record, answer: answer)
        } else {
            try await requests.finish(key, bodyHash: bodyHash, answer: answer, isSecret: isSecret)
        }
        return created(answer, mediaType, isSecret: isSecret)
    }

    private func created(_ answer: [UInt8], _ mediaType: String, isSecret: Bool) -> Response {
        var response = bytesAnswer(answer, status: .created, mediaType: mediaType)
        if isSecret { response.headers[.cacheControl] = "no-store" }
        return response
    }

    /// A hash of who asks, for what, and the key; nil without one.
    private func idempotencyKey() throws(Problem) -> [UInt8]? {
        guard let text = request.headers[.idempotencyKey] else { return nil }
        guard !text.isEmpty, text.utf8.count <= Exchange.keyByteCountMax else {
            throw Problem.parameter(
                "Idempotency-Key", "invalid_parameter",
                "Idempotency-Key has 1 to \(Exchange.keyByteCountMax) bytes, drawn anew for each thing to be made.")
        }
        let (path, _) = Exchange.split(request.head.path ?? "")
        let who = "\(principal?.auditName ?? "nobody") \(principal?.id ?? 0)"
        return OpenSSL.sha256(Array("\(who)\n\(request.method) \(path)\n\(text)".utf8))
    }
}
