import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel

/// The files of a session: its logs, rendered, and what was uploaded into it.
enum SessionFilesRoute {
    /// `GET /api/v1/sessions/{id}/files`: the tree.
    @Sendable static func tree(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let (session, device) = try await exchange.pathSession()
        let logs = try await exchange.whileClientStays {
            try await SessionLogs(
                session, of: device, exchange.store, exchange.store.snapshot(), limits: exchange.limits)
        }
        let artifacts = try await exchange.services.artifacts.all(of: session.id)
        let tree = FileTree(
            logs.files.map { ($0.path, .log($0)) } + artifacts.map { ($0.path, .artifact($0)) })
        return exchange.json { json in
            json.object { json in
                json.member("id", session.id)
                json.key("session_id")
                json.value(session.sessionID)
                json.key("device")
                json.value(device.dsn)
                json.member("status", session.status.name)
                json.member("started_at", Timestamp(microseconds: session.startedAt))
                json.key("files")
                json.files(tree.root)
            }
        }
    }

    /// `GET /api/v1/sessions/{id}/files/download?path=…`.
    @Sendable static func download(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let path = try parameters.require("path")
        try parameters.checkAllTaken()
        let (session, device) = try await exchange.pathSession()
        if path.hasPrefix(ArtifactPath.logsFolder + "/") {
            let snapshot = exchange.store.snapshot()
            return try await exchange.whileClientStays {
                let logs = try await SessionLogs(
                    session, of: device, exchange.store, snapshot, limits: exchange.limits)
                guard let file = logs.file(path) else { throw ArtifactError.unknown(path) }
                let memory = try await QueryMemory.take(gathersRows: false, exchange.services)
                return try await logAnswer(
                    RenderedLog(file, of: session, device, snapshot, exchange.store, memory), path, exchange)
            }
        }
        // What is no path is no file either, and is looked for nowhere.
        guard let found = try await exchange.services.artifacts.find(path, of: session.id) else {
            throw ArtifactError.unknown(path)
        }
        return artifactAnswer(found, exchange)
    }

    private static func artifactAnswer(_ artifact: ArtifactRecord, _ exchange: Exchange) -> Response {
        let artifacts = exchange.services.artifacts
        let file = DownloadedFile(
            path: artifact.path, mediaType: artifact.mediaType, byteCount: artifact.byteCount,
            tag: AuditLog.hexadecimal(artifact.hash))
        return file.answer(exchange) { range, writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let bytes = try await artifacts.read(artifact.hash, at: offset, count: range.upperBound - offset)
                offset += UInt64(bytes.count)
                try await writer(bytes)
            }
        }
    }

    /// Who asks for a part, or only for the head, waits until the log has been rendered once, so that its size is known;
    /// others get it as it is rendered.
    private static func logAnswer(_ log: RenderedLog, _ path: String, _ exchange: Exchange) async throws -> Response {
        let isMeasured = exchange.request.headers[.range] != nil || exchange.request.method == .head
        guard isMeasured else {
            return exchange.streamAnswer(
                mediaType: DownloadedFile.logType, headers: DownloadedFile.headers(path, isRanged: true)
            ) { sink in
                var sink = sink
                try await log.read { bytes in
                    try await sink.write(bytes)
                    return true
                }
                try await sink.finish()
            }
        }
        let (byteCount, tag) = try await log.measure()
        let file = DownloadedFile(path: path, mediaType: DownloadedFile.logType, byteCount: byteCount, tag: tag)
        return file.answer(exchange) { range, writer in
            var position: UInt64 = 0
            try await log.read { bytes in
                let piece = position..<position + UInt64(bytes.count)
                position = piece.upperBound
                let wanted = piece.clamped(to: range)
                if !wanted.isEmpty {
                    let first = Int(wanted.lowerBound - piece.lowerBound)
                    try await writer(Array(bytes[first..<first + wanted.count]))
                }
                return position < range.upperBound
            }
        }
    }
}

extension JSONOutput {
    fileprivate mutating func files(_ folder: FileTree.Folder) {
        array(folder.entries) { json, entry in
            json.object { json in
                json.member("name", entry.name)
                switch entry.node {
                case .folder(let inner):
                    json.member("type", "directory")
                    json.member("path", entry.path)
                    json.key("children")
                    json.files(inner)
                case .file(.log(let log)):
                    json.member("type", "log")
                    json.member("path", entry.path)
                    // Nobody knows before it is rendered.
                    json.key("size")
                    json.null()
                    json.member("entries", log.entryCount)
                    json.member("content_type", DownloadedFile.logType)
                case .file(.artifact(let artifact)):
                    json.member("type", "artifact")
                    json.member("path", entry.path)
                    json.member("size", artifact.byteCount)
                    json.member("content_type", artifact.mediaType)
                    json.member("sha256", AuditLog.hexadecimal(artifact.hash))
                    json.member("uploaded_at", Timestamp(microseconds: artifact.created))
                }
            }
        }
    }
}
