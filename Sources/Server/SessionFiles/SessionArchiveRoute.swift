import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel

/// `GET /api/v1/sessions/{id}/archive`: all files of a session as one zip, made as it is sent.
enum SessionArchiveRoute {
    @Sendable static func archive(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let (session, device) = try await exchange.pathSession()
        let store = exchange.store
        let snapshot = store.snapshot()
        let services = exchange.services
        return try await exchange.whileClientStays {
            let logs = try await SessionLogs(session, of: device, store, snapshot, limits: exchange.limits)
            let artifacts = try await services.artifacts.all(of: session.id)
            let memory = try await QueryMemory.take(gathersRows: false, services)
            let name = String(decoding: session.sessionID, as: UTF8.self)
            let headers = DownloadedFile.headers((name.isEmpty ? "session" : name) + ".zip", isRanged: false)
            return exchange.streamAnswer(mediaType: "application/zip", headers: headers, isCompressed: false) { sink in
                var sink = sink
                var zip = ZipWriter()
                for file in logs.files {
                    let log = RenderedLog(file, of: session, device, snapshot, store, memory)
                    let time = Timestamp(microseconds: session.lastEntryAt)
                    try await sink.write(zip.begin(file.path, .deflated, time: time))
                    try await log.read { bytes in
                        try await sink.write(zip.append(bytes))
                        return true
                    }
                    try await sink.write(zip.end())
                }
                for artifact in artifacts {
                    try await append(artifact, to: &zip, services.artifacts) { try await sink.write($0) }
                }
                try await sink.write(zip.finish())
                try await sink.finish()
            }
        }
    }

    /// As it is stored: what is worth sending was mostly compressed before.
    private static func append(
        _ artifact: ArtifactRecord, to zip: inout ZipWriter, _ artifacts: Artifacts,
        _ send: ([UInt8]) async throws -> Void
    ) async throws {
        guard let content = try await artifacts.content(of: artifact) else {
            throw ArtifactError.unknown(artifact.path)
        }
        let time = Timestamp(microseconds: artifact.created)
        try await send(
            zip.begin(artifact.path, .stored(byteCount: content.byteCount, checksum: content.checksum), time: time))
        var offset: UInt64 = 0
        while offset < content.byteCount {
            let bytes = try await artifacts.read(content.hash, at: offset, count: content.byteCount - offset)
            offset += UInt64(bytes.count)
            try await send(zip.append(bytes))
        }
        try await send(zip.end())
    }
}
