public import LogDB
import ObjectStore

/// What a job found out.
enum JobResult: Sendable {
    case verification(VerificationReport)
    case backup(BackupReport)
    case rekey(KeyRenewal)

    /// One sentence.
    var summary: String {
        switch self {
        case .verification(let report): report.summary
        case .backup(let report): report.summary
        case .rekey(let renewal): renewal.summary
        }
    }

    func write(to json: inout JSONOutput) {
        switch self {
        case .verification(let report): json.verification(report)
        case .backup(let report): json.backup(report)
        case .rekey(let renewal): json.rekey(renewal)
        }
    }
}

extension VerificationReport {
    /// One sentence.
    public var summary: String {
        let read =
            "\(entryCount) entries in \(blockCount) blocks of \(segmentCount) segments and \(fileCount) files read"
        return isSound ? "sound: \(read)" : "\(damageCount) damaged places found: \(read)"
    }
}

extension BackupReport {
    /// One sentence.
    public var summary: String {
        "\(entryCount) entries as of \(time), through commit position \(sequence): \(fileCount) files, \(objectCount) cold "
            + "objects and \(artifactCount) artifacts of \(byteCount) bytes, of which \(copiedByteCount) were not there before"
            + (lostArtifactCount == 0
                ? "" : "; \(lostArtifactCount) artifacts are lost or damaged and not in it: verify tells which")
    }
}

extension JSONOutput {
    fileprivate mutating func backup(_ report: BackupReport) {
        object { json in
            json.member("backup", report.key)
            json.member("time", report.time)
            json.member("sequence", String(report.sequence))
            json.member("entries", report.entryCount)
            json.member("files", report.fileCount)
            json.member("objects", report.objectCount)
            json.member("artifacts", report.artifactCount)
            json.member("lost_artifacts", report.lostArtifactCount)
            json.member("bytes", report.byteCount)
            json.member("copied_bytes", report.copiedByteCount)
        }
    }

    fileprivate mutating func rekey(_ renewal: KeyRenewal) {
        object { json in
            json.member("objects", renewal.objectCount)
            json.member("renewed", renewal.renewedCount)
            json.member("encrypted", renewal.encryptedCount)
        }
    }

    fileprivate mutating func verification(_ report: VerificationReport) {
        object { json in
            json.member("sound", report.isSound)
            json.member("entries", report.entryCount)
            json.member("segments", report.segmentCount)
            json.member("blocks", report.blockCount)
            json.member("objects", report.objectCount)
            json.member("files", report.fileCount)
            json.member("damage_count", report.damageCount)
            json.key("damages")
            json.array(report.damages) { json, damage in
                json.object { json in
                    json.member("part", damage.part.rawValue)
                    json.member("location", damage.location)
                    json.member("message", damage.message)
                    json.member("entries", damage.entryCount)
                    json.member("remedy", damage.remedy.rawValue)
                }
            }
        }
    }
}
