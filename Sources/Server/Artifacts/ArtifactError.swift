import LogDB
import ObjectStore

/// Why an artifact was not taken, found or removed.
struct ArtifactError: Error, Sendable, CustomStringConvertible {
    /// A stable name for the kind of error.
    struct Code: Hashable, Sendable {
        let name: String
        let status: Int

        static let invalidPath = Code(name: "invalid_path", status: 400)
        /// The session has no such file.
        static let unknown = Code(name: "unknown_file", status: 404)
        /// Another content is there under this path.
        static let exists = Code(name: "artifact_exists", status: 409)
        /// A folder of the path is a file, or the path is a folder.
        static let pathConflict = Code(name: "path_conflict", status: 409)
        /// Somebody else is sending the same artifact now.
        static let underWay = Code(name: "upload_under_way", status: 409)
        /// The part does not begin where the ones before it ended.
        static let wrongOffset = Code(name: "wrong_offset", status: 409)
        static let tooManyArtifacts = Code(name: "too_many_artifacts", status: 409)
        /// The content is not what its sender said it is.
        static let checksum = Code(name: "checksum_mismatch", status: 422)
        /// The account has no room for it.
        static let quota = Code(name: "quota_exceeded", status: 507)
        static let diskFull = Code(name: "disk_full", status: 507)
        /// A content is no longer there, or the disk failed.
        static let io = Code(name: "io", status: 500)
    }

    let code: Code
    /// One sentence for a person: what is wrong, and what helps.
    let message: String
    /// With `.wrongOffset`: where to go on.
    var offset: UInt64?

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: ObjectStoreError) {
        code = error.code == .diskFull ? .diskFull : .io
        message = error.description
    }

    var description: String { message }
}

extension Problem {
    init(_ error: ArtifactError) {
        self.init(
            error.code.status, error.code.name, error.message.capitalizedSentence,
            retryAfterSeconds: error.code == .diskFull ? Problem.longRetryAfterSeconds : nil)
        if let offset = error.offset {
            errors = [
                Item(
                    code: code, message: "go on from byte \(offset)", parameter: "Content-Range",
                    suggestion: String(offset))
            ]
        }
    }
}
