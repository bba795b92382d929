import Glibc
import LogModel
import Synchronization

/// An export into a directory, several parts at a time. A part's file is there when it is whole.
struct PartedExport {
    let backend: any Backend
    let directory: String
    let parallelCount: Int

    /// What there is to do, from the plan of an export that was interrupted, or from a new one.
    ///
    /// - Parameter isResumed: Whether to go on with an export that is there; else it is refused.
    func plan(
        _ text: String, _ format: ExportFormat, isOldestFirst: Bool, isResumed: Bool
    ) async throws -> ExportPlan {
        let path = "\(directory)/\(ExportPlan.fileName)"
        if access(path, F_OK) == 0 {
            guard isResumed else {
                throw CommandFailure("there is an export in \(directory) already; --resume goes on with it")
            }
            guard let plan = ExportPlan(Array(try SmallFile.read(path).utf8)) else {
                throw CommandFailure("\(path) is no export of this version; export into another directory")
            }
            guard plan.query == text, plan.format == format, plan.isOldestFirst == isOldestFirst else {
                throw CommandFailure(
                    "the export in \(directory) is another: “\(plan.query)” as \(plan.format.rawValue), "
                        + "\(plan.isOldestFirst ? "asc" : "desc"); give the same, or export into another directory")
            }
            return plan
        }
        let query = try PartibleQuery(text)
        if mkdir(directory, 0o755) != 0, errno != EEXIST {
            throw CommandFailure("\(directory): \(String(cString: strerror(errno)))")
        }
        let plan = try await ExportPlanner(backend: backend, query: query).plan(
            text: text, format: format, isOldestFirst: isOldestFirst, parallelCount: parallelCount)
        let output = Output(path: path)
        try output.write(plan.bytes)
        try output.finish()
        return plan
    }

    /// Writes the parts that are missing.
    ///
    /// - Returns: Whether any part has rows.
    func run(_ plan: ExportPlan) async throws -> Bool {
        let missing = plan.parts.filter { access(path(of: $0), F_OK) != 0 }
        let done = plan.parts.count - missing.count
        let written = Mutex((parts: done, entries: UInt64(0)))
        let progress = ProgressLine()
        defer { progress.clear() }
        var hasRows = plan.parts.contains { access(path(of: $0), F_OK) == 0 && $0.entryCount > 0 }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var waiting = missing[...]
            func startNext() {
                guard let part = waiting.popFirst() else { return }
                group.addTask { try await write(part, plan) }
            }
            for _ in 0..<parallelCount { startNext() }
            while let found = try await group.next() {
                hasRows = found || hasRows
                let count = written.withLock { written in
                    written.parts += 1
                    return written.parts
                }
                progress.update(
                    "export", fraction: Double(count) / Double(max(plan.parts.count, 1)),
                    detail: "\(count) of \(plan.parts.count) parts")
                startNext()
            }
        }
        return hasRows
    }

    private func write(_ part: ExportPlan.Part, _ plan: ExportPlan) async throws -> Bool {
        let output = Output(path: path(of: part))
        let hasRows = try await backend.export(
            ExportRequest(text: part.query, format: plan.format, isOldestFirst: plan.isOldestFirst), to: output)
        try output.finish()
        return hasRows
    }

    private func path(of part: ExportPlan.Part) -> String { "\(directory)/\(part.file)" }
}
