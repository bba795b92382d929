import LogDB
import LogModel
import NIOCore
import ObjectStore

/// An artifact that is to be, as its sender describes it.
struct ArtifactUpload: Sendable {
    var session: UInt64
    var account: UInt64
    var path: ArtifactPath
    var mediaType: String
    /// The SHA-256 that it must have; nil: any.
    var hash: [UInt8]?
    /// Which part of it comes now; nil: all of it.
    var part: ContentRange?
    /// Its size, where that is known beforehand.
    var byteCount: UInt64?
    /// Whether it takes the place of another one.
    var isReplacing: Bool
    var author: Identities.Author
    /// Whether it goes into the audit log.
    var isAudited: Bool

    var draft: ArtifactDrafts.Name { .init(account: account, session: session, path: path) }

    enum Outcome: Sendable {
        /// The next part begins at this byte.
        case part(UInt64)
        case made(ArtifactRecord)
        /// It was there already.
        case same(ArtifactRecord)
    }
}

extension Artifacts {
    /// Bytes that are written at a time.
    private static let pieceByteCount = 256 << 10

    /// Takes an upload, or a part of one, as it comes. What came of one that breaks off is kept for a day.
    ///
    /// - Throws: `ArtifactError`; `Problem` of the body; `LogError`.
    func receive(_ upload: ArtifactUpload, _ body: IncomingBody, pace: BodyPace) async throws -> ArtifactUpload.Outcome
    {
        let name = Array(upload.draft.file.utf8)
        guard uploads.tryEnter(name) else {
            throw ArtifactError(.underWay, "this file is being sent already; wait for that, or end it")
        }
        defer { uploads.leave(name) }
        let known = try await find(upload.path.text, of: upload.session)
        if let known {
            if let hash = upload.hash, hash == known.hash { return .same(known) }
            let isOther = upload.hash != nil || upload.byteCount.map { $0 != known.byteCount } ?? false
            if isOther, !upload.isReplacing { throw Artifacts.exists(upload.path) }
        }
        let drafts = drafts
        let start = upload.part?.first ?? 0
        if start > 0 {
            let held = await threads.run { drafts.byteCount(upload.draft) } ?? 0
            guard held == start else {
                var error = ArtifactError(
                    .wrongOffset, "\(held) bytes of this file are here, and the part begins at byte \(start)")
                error.offset = held
                throw error
            }
        }
        // What it takes the place of makes room for it.
        let freed = known.map { $0.accountID == upload.account ? $0.byteCount : 0 } ?? 0
        let end = start + (try await write(upload, body, pace, isNew: start == 0, freed: freed))
        if let part = upload.part, end < part.total { return .part(end) }
        return try await finish(upload)
    }

    /// - Returns: How many bytes came.
    private func write(
        _ upload: ArtifactUpload, _ body: IncomingBody, _ pace: BodyPace, isNew: Bool, freed: UInt64
    ) async throws -> UInt64 {
        let drafts = drafts
        let draft = try await threads.run { () throws(ArtifactError) in
            try drafts.open(upload.draft, isNew: isNew)
        }
        let used = try await byteCount(of: upload.account)
        let room = quota - min(quota, used - min(used, freed))
        let announced = upload.part.map { $0.last + 1 - $0.first } ?? upload.byteCount ?? 0
        try checkRoom(announced, room)
        var count: UInt64 = 0
        var waiting = ByteBuffer()
        let start = ContinuousClock.now
        do {
            while let piece = try await body.next() {
                count += UInt64(piece.readableBytes)
                try checkRoom(count, room)
                waiting.writeImmutableBuffer(piece)
                try pace.check(Int(count), since: start)
                if waiting.readableBytes >= Artifacts.pieceByteCount {
                    try await append(waiting, to: draft)
                    waiting.clear()
                }
            }
        } catch let problem as Problem {
            // The sender goes on after what came.
            try await append(waiting, to: draft)
            throw problem
        }
        try await append(waiting, to: draft)
        return count
    }

    private func append(_ bytes: ByteBuffer, to draft: Draft) async throws(ArtifactError) {
        if let reason = store.health.reason, reason.code == .diskFull {
            throw ArtifactError(.diskFull, reason.message)
        }
        try await threads.run { () throws(ArtifactError) in
            try bytes.withUnsafeReadableBytesTyped { (bytes) throws(ArtifactError) in try draft.append(bytes) }
        }
    }

    private func checkRoom(_ byteCount: UInt64, _ room: UInt64) throws(ArtifactError) {
        guard byteCount > room else { return }
        throw ArtifactError(
            .quota,
            "the account may have \(quota) bytes of artifacts, and \(room) are left; remove some, or have the quota raised"
        )
    }

    private static func exists(_ path: ArtifactPath) -> ArtifactError {
        ArtifactError(.exists, "“\(path.text)” is there with another content; take another path, or give replace=true")
    }

    /// Makes the whole draft an artifact.
    private func finish(_ upload: ArtifactUpload) async throws -> ArtifactUpload.Outcome {
        let drafts = drafts
        let (digest, file) = try await threads.run { () throws(ArtifactError) in
            let digest = try drafts.open(upload.draft, isNew: false).digest()
            if let expected = upload.hash, expected != digest.hash {
                drafts.remove(upload.draft)
                throw ArtifactError(
                    .checksum,
                    "what came has the SHA-256 \(AuditLog.hexadecimal(digest.hash)), not "
                        + "\(AuditLog.hexadecimal(expected)); send it again from its beginning")
            }
            return (digest, try drafts.seal(upload.draft))
        }
        let result: Result<ArtifactUpload.Outcome, any Error>
        do {
            result = .success(
                try await contents.with(digest.hash) {
                    try await withObjects { (objects) throws(ObjectStoreError) in
                        try objects.put(AuditLog.hexadecimal(digest.hash), fileAt: file)
                    }
                    // One at a time in a session, so that each sees the paths of those before.
                    do {
                        return try await uploads.with(Array("session \(upload.session)".utf8)) {
                            try await commit(upload, digest)
                        }
                    } catch let refusal as ArtifactError {
                        // Nothing was written: an object that nobody has is not to stay.
                        if try await content(digest.hash) == nil {
                            try await removeObject(AuditLog.hexadecimal(digest.hash))
                        }
                        throw refusal
                    }
                })
        } catch {
            result = .failure(error)
        }
        await threads.run { drafts.removeSealed(upload.draft) }
        return try result.get()
    }

    private enum Commit: Sendable {
        case made(ArtifactRecord)
        case same(ArtifactRecord)
        case exists
        case conflict(String)
        case tooMany
        case noRoom(UInt64)
    }

    /// One edit: the artifact, its content's count and the account's usage.
    private func commit(
        _ upload: ArtifactUpload, _ digest: (hash: [UInt8], checksum: UInt32, byteCount: UInt64)
    ) async throws -> ArtifactUpload.Outcome {
        let (now, quota) = (clock().microseconds, quota)
        let outcome = try await store.editTables { (editor) throws(LogError) -> Commit in
            let key = ArtifactRecord.pathKey(upload.session, upload.path.text)
            let old = try editor.row(ArtifactRecord.byPath, key)
            if let old {
                if old.hash == digest.hash { return .same(old) }
                guard upload.isReplacing else { return .exists }
            } else {
                if let other = try Artifacts.conflict(upload, in: editor) { return .conflict(other) }
                let count = try editor.ids(
                    ArtifactRecord.byPath, from: IndexValue.number(upload.session),
                    to: IndexValue.number(upload.session + 1), limit: Artifacts.perSessionCountMax
                ).count
                guard count < Artifacts.perSessionCountMax else { return .tooMany }
            }
            let usage = try editor.row(ArtifactUsage.byAccount, IndexValue.number(upload.account))
            let freed = old.map { $0.accountID == upload.account ? $0.byteCount : 0 } ?? 0
            let used = (usage?.byteCount ?? 0) - min(usage?.byteCount ?? 0, freed)
            guard used + digest.byteCount <= quota else { return .noRoom(quota - min(quota, used)) }
            if let old { try ArtifactEdit.release(old, at: now, in: editor) }
            let content = try ArtifactEdit.take(
                digest.hash, byteCount: digest.byteCount, checksum: digest.checksum, in: editor)
            try ArtifactEdit.use(digest.byteCount, of: upload.account, in: editor)
            var record = ArtifactRecord(
                sessionID: upload.session, path: upload.path.text, accountID: upload.account, contentID: content.id,
                byteCount: digest.byteCount, hash: digest.hash, mediaType: upload.mediaType, created: now,
                sender: upload.author.actor)
            if let old {
                record.id = old.id
                try editor.update(record, replacing: old)
            } else {
                record = try editor.insert(record)
            }
            if upload.isAudited || old != nil {
                try AuditLog.append(
                    AuditEvent(
                        actor: upload.author.actor, action: old == nil ? "artifact.add" : "artifact.replace",
                        target: "session \(upload.session)", address: upload.author.address,
                        detail: "\(upload.path.text), SHA-256 \(content.key)"), in: editor)
            }
            return .made(record)
        }
        switch outcome {
        case .made(let record): return .made(record)
        case .same(let record): return .same(record)
        case .exists: throw Artifacts.exists(upload.path)
        case .conflict(let other):
            throw ArtifactError(
                .pathConflict, "“\(other)” is there, and a path is a file or a folder, not both; take another path")
        case .tooMany:
            throw ArtifactError(
                .tooManyArtifacts,
                "the session has \(Artifacts.perSessionCountMax) files, which is the most; pack several into one")
        case .noRoom(let room):
            try checkRoom(digest.byteCount, room)
            throw ArtifactError(.quota, "the account has no room for it")
        }
    }

    /// The path of an artifact that the new one would be within, or that would be within it; nil where there is none.
    private static func conflict(_ upload: ArtifactUpload, in editor: TableEditor) throws(LogError) -> String? {
        let path = upload.path.text
        for slash in path.indices where path[slash] == "/" {
            let above = String(path[..<slash])
            if try editor.row(ArtifactRecord.byPath, ArtifactRecord.pathKey(upload.session, above)) != nil {
                return above
            }
        }
        // “0” is what comes after “/”.
        let within = try editor.ids(
            ArtifactRecord.byPath, from: ArtifactRecord.pathKey(upload.session, path + "/"),
            to: ArtifactRecord.pathKey(upload.session, path + "0"), limit: 1)
        return try within.first.flatMap { (id) throws(LogError) in
            try editor.row(id, of: ArtifactRecord.self)?.path
        }
    }
}
