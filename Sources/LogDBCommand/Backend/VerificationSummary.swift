import LogDB
import LogModel
import Server

/// What a verification found, of a server or of a data directory.
struct VerificationSummary: Sendable {
    /// One line each.
    var damages: [String]
    var damageCount: Int
    var summary: String

    init(_ report: VerificationReport) {
        damages = report.damages.map {
            VerificationSummary.line(
                part: $0.part.rawValue, location: $0.location, message: $0.message, entries: $0.entryCount,
                remedy: $0.remedy.rawValue)
        }
        damageCount = report.damageCount
        summary = report.summary
    }

    init(_ result: JSONValue, summary: String) {
        damages = (result["damages"]?.elements ?? []).map { damage in
            VerificationSummary.line(
                part: damage["part"]?.text ?? "", location: damage["location"]?.text ?? "",
                message: damage["message"]?.text ?? "", entries: damage["entries"]?.unsigned ?? 0,
                remedy: damage["remedy"]?.text ?? "")
        }
        damageCount = Int(clamping: result["damage_count"]?.unsigned ?? 0)
        self.summary = summary
    }

    /// A store that does not even open.
    init(unopened error: LogError, _ directory: String) {
        damages = [
            VerificationSummary.line(
                part: "store", location: error.location ?? directory, message: error.message, entries: 0, remedy: "")
        ]
        damageCount = 1
        summary = "the store does not open: restore a backup, or what its files hold with other tools"
    }

    private static func line(
        part: String, location: String, message: String, entries: UInt64, remedy: String
    ) -> String {
        var line = "\(part)\t\(location)\t\(message)"
        if entries > 0 { line += entries == 1 ? " (1 entry)" : " (\(entries) entries)" }
        switch remedy {
        case "rebuilt": line += ": made again"
        case "set_aside": line += ": set aside"
        default: break
        }
        return line
    }
}

extension StoreBackend {
    /// As `open`, for whoever wants to know why a store does not open.
    ///
    /// - Throws: `LogError` `.corruption` or `.io` for a store that is damaged; `CommandFailure` otherwise.
    static func openDamaged(_ directory: String, options: Options) async throws -> StoreBackend {
        guard LogStore.isPresent(at: directory) else {
            throw CommandFailure("there is no store in \(directory): check the path")
        }
        do throws(LogError) {
            return StoreBackend(store: try await LogStore.open(at: directory, options: options))
        } catch {
            if error.code == .corruption || error.code == .io && !error.message.contains("Permission denied") {
                throw error
            }
            throw failure(error, directory: directory)
        }
    }

    func verify(
        isRepairing: Bool, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> VerificationSummary {
        VerificationSummary(
            try await StoreCheck.verify(store, isRepairing: isRepairing, progress: progress))
    }
}

extension ServerBackend {
    func verify(
        isRepairing: Bool, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> VerificationSummary {
        let body = JSONValue.object([.init(name: "repair", value: .boolean(isRepairing))]).bytes
        let job = try await wait(
            for: try await client.json("POST", "/api/v1/admin/verify", body: body), named: "verification",
            progress: progress)
        guard let result = job["result"] else { throw CommandFailure("the server gave no result") }
        return VerificationSummary(result, summary: job["detail"]?.text ?? "")
    }
}
