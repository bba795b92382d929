import HTTPTransport

/// Sends one large object in parts, which become it at the end or not at all.
struct S3Upload {
    private let client: S3Client
    private let key: String

    init(_ client: S3Client, _ key: String) {
        self.client = client
        self.key = key
    }

    func send(_ file: borrowing SourceFile, partByteCount: Int) throws(ObjectStoreError) {
        let begun = try client.send(.init(method: "POST", key: key, query: [("uploads", "")]))
        guard let id = try S3Document(begun.body).texts("UploadId").first, !id.isEmpty else {
            throw ObjectStoreError(.io, "the server began no upload", location: key)
        }
        do throws(ObjectStoreError) {
            try finish(id, try sendParts(id, file, partByteCount: partByteCount))
        } catch {
            // What was sent takes room until then.
            _ = try? client.send(.init(method: "DELETE", key: key, query: [("uploadId", id)], accepted: [404]))
            throw error
        }
    }

    /// - Returns: The parts' tags, in order.
    private func sendParts(
        _ id: String, _ file: borrowing SourceFile, partByteCount: Int
    ) throws(ObjectStoreError) -> [String] {
        // Twice the size as often as it takes for the number of parts.
        var size = partByteCount
        while file.byteCount / size >= 10_000 { size *= 2 }
        var tags: [String] = []
        var start = 0
        while start < file.byteCount {
            let end = min(start + size, file.byteCount)
            let number = String(tags.count + 1)
            let reply = try client.send(
                .init(
                    method: "PUT", key: key, query: [("partNumber", number), ("uploadId", id)],
                    body: try file.read(start..<end)))
            guard let tag = reply.head["ETag"] else {
                throw ObjectStoreError(.io, "the server named no tag for a part", location: key)
            }
            tags.append(tag)
            start = end
        }
        return tags
    }

    private func finish(_ id: String, _ tags: [String]) throws(ObjectStoreError) {
        let parts = tags.enumerated().map { index, tag in
            "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(S3Upload.escaped(tag))</ETag></Part>"
        }
        let body = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
        let reply = try client.send(
            .init(
                method: "POST", key: key, query: [("uploadId", id)], headers: [("content-type", "application/xml")],
                body: Array(body.utf8)))
        // This one may fail after its status was sent.
        guard S3Document(reply.body).isWhole("CompleteMultipartUploadResult") else {
            throw ObjectStoreError(.io, "the server did not put the parts together", location: key)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
    }
}
