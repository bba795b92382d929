extension AgentRun {
    /// How often a file is tried in one run, and the wait in between; the next run goes on.
    private static let owedRoundCountMax = 3
    private static let owedInterval = Duration.seconds(60)

    private var owedFiles: OwedFiles { OwedFiles(spool: configuration.spool.path) }

    /// Keeps the modules' own log files for the server where entries of the session did not reach it.
    ///
    /// - Parameter leftCount: Entries that are still in the spool.
    func keepModuleLogs(session: String?, leftCount: Int) async {
        let files = moduleLogs
        let owed = owedFiles
        // Only a registered device has files at the server, and files are of a session.
        guard leftCount > 0, configuration.fleet.certificates != nil, let session, !files.isEmpty else { return }
        do throws(AgentError) {
            let leftOut = try await BlockingCall.run { () throws(AgentError) in
                try owed.add(files, session: session)
            }
            write("\(files.count - leftOut) log files of modules are kept for the server, as \(leftCount) entries wait")
            if leftOut > 0 { write("\(leftOut) log files of modules are not kept: there are too many already") }
        } catch {
            write("the log files of modules cannot be kept for the server: \(error.message)")
        }
    }

    private var moduleLogs: [(path: String, name: String)] {
        configuration.modules.flatMap { module in
            module.logs.flatMap { Files.matches($0) }.filter { !Files.isDirectory($0) }.map { path in
                (path, "module-logs/\(module.name)/\(path.split(separator: "/").last ?? "log")")
            }
        }
    }

    /// Uploads what earlier runs kept, until all is there or a stop is asked for.
    func uploadOwedFiles(_ stop: StopRequest) async {
        guard configuration.fleet.isEnabled, configuration.fleet.certificates != nil else { return }
        let owed = owedFiles
        let uploader = ArtifactUploader(
            server: configuration.fleet.backendURL, transport: AgentRun.transport(configuration.fleet))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await stop.made() }
            group.addTask {
                for round in 1...AgentRun.owedRoundCountMax {
                    guard let files = try? owed.all(), !files.isEmpty, !Task.isCancelled else { return }
                    for file in files { await upload(file, of: owed, uploader) }
                    if round < AgentRun.owedRoundCountMax { try? await Task.sleep(for: AgentRun.owedInterval) }
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func upload(_ file: OwedFiles.File, of owed: OwedFiles, _ uploader: ArtifactUploader) async {
        do throws(AgentError) {
            _ = try await uploader.upload(owed.path(file), as: file.name, session: file.session)
            try owed.remove(file)
            write("the server has \(file.name) of the session \(file.session)")
        } catch {
            if error.code != .stopping { write("\(file.name) of the session \(file.session): \(error.message)") }
        }
    }
}
