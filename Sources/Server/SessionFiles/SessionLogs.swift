import LogDB
import LogModel

/// The log files of a session: `logs/session.log`, and `logs/module_X.log` for each module. They are not stored but
/// rendered from the entries when they are asked for.
struct SessionLogs: Sendable {
    struct File: Sendable {
        var path: String
        /// Whose entries it has; nil: all.
        var module: [UInt8]?
        var entryCount: UInt64
    }

    /// Modules that have a file of their own; a session with more has `session.log` alone.
    static let moduleCountMax = 10_000
    private static let nameByteCountMax = 180

    let files: [File]

    /// Counts the session's entries, most of it from what is known of blocks.
    init(
        _ session: SessionRecord, of device: DeviceRecord, _ store: LogStore, _ snapshot: StoreSnapshot,
        limits: ServerLimits
    ) async throws(LogError) {
        var request = AggregateRequest(
            filter: SessionLogs.filter(session, device, module: nil), keys: [.field(.module)],
            groupCountMax: SessionLogs.moduleCountMax, deadline: .now + limits.queryTimeMax)
        var modules: [(name: [UInt8], count: UInt64)] = []
        var entryCount: UInt64 = 0
        do throws(LogError) {
            for group in try await store.aggregate(request, in: snapshot).groups {
                entryCount += group.count
                if case .text(let name) = group.values[0], !name.isEmpty { modules.append((name, group.count)) }
            }
        } catch  where error.code == .memoryBudget {
            request.keys = []
            entryCount = try await store.aggregate(request, in: snapshot).groups.first?.count ?? 0
            modules = []
        }
        modules.sort { $0.name.lexicographicallyPrecedes($1.name) }
        let folder = ArtifactPath.logsFolder
        files =
            [File(path: folder + "/session.log", module: nil, entryCount: entryCount)]
            + modules.map {
                File(
                    path: "\(folder)/module_\(SessionLogs.fileName($0.name)).log", module: $0.name,
                    entryCount: $0.count)
            }
    }

    func file(_ path: String) -> File? { files.first { $0.path == path } }

    static func filter(_ session: SessionRecord, _ device: DeviceRecord, module: [UInt8]?) -> Filter {
        var parts: [Filter] = [
            .value(.device, .equals(device.dsn, caseSensitive: true)),
            .value(.session, .equals(session.sessionID, caseSensitive: true)),
        ]
        if let module { parts.append(.value(.module, .equals(module, caseSensitive: true))) }
        return .all(parts)
    }

    /// The name with what means something in paths percent-encoded; a long one is cut, and told apart by a hash.
    static func fileName(_ module: [UInt8]) -> String {
        var name = ""
        for byte in module {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII,
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "-_.".unicodeScalars.contains(scalar)
            {
                name.unicodeScalars.append(scalar)
            } else {
                name += "%" + AuditLog.hexadecimal([byte]).uppercased()
            }
        }
        guard name.utf8.count > nameByteCountMax else { return name }
        return name.prefix(nameByteCountMax) + "~" + AuditLog.hexadecimal(Array(OpenSSL.sha256(module).prefix(8)))
    }
}
