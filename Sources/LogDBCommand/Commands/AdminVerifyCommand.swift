import ArgumentParser
import LogDB

struct AdminVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads all of a store, and finds what is damaged.",
        discussion: """
            Every checksum is compared and every block decoded, in the cold tier too; summaries, counts and the index are held \
            against the blocks, and tables against their indexes. A server goes on meanwhile.

            With --repair, what can be made again is made again: indexes, counts and directories out of blocks. Blocks that \
            do not read are moved into the directory “damaged” of the data directory, and counted (logdb admin stats).

            EXAMPLES
              logdb admin verify --data ./data
              logdb admin verify --repair --server http://127.0.0.1:8080

            Ends with 0 for a sound store, 1 when there was damage, 2 when the store could not be read.
            """)

    @Flag(help: "Make whole what can be made whole, and set aside what cannot be read.")
    var `repair` = false

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let report = try await ProgressLine.during("verify") { progress in try await verify(progress) }
        let output = Output()
        for damage in report.damages { try output.write(PlainText.escaped(damage) + "\n") }
        if report.damageCount > report.damages.count {
            try output.write("and \(report.damageCount - report.damages.count) more\n")
        }
        try output.write(report.summary + "\n")
        try output.flush()
        if report.damageCount > 0 { throw ExitCode(ExitStatus.noMatch) }
    }

    private func verify(
        _ progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> VerificationSummary {
        switch try target.target() {
        case .server(let url):
            let backend = ServerBackend(client: try target.client(url))
            return try await backend.verify(isRepairing: self.repair, progress: progress)
        case .data(let directory):
            do {
                // Nothing is moved or merged meanwhile.
                var options = Options()
                options.mergeRowCountMax = 0
                options.coldAge = nil
                options.encryptionKeys = try KeyFile.read(target.encryptionKeys)
                let backend = try await StoreBackend.openDamaged(directory, options: options)
                let report: VerificationSummary
                do {
                    report = try await backend.verify(isRepairing: self.repair, progress: progress)
                } catch {
                    await backend.close()
                    throw error
                }
                await backend.close()
                return report
            } catch let error as LogError where error.code == .corruption || error.code == .io {
                return VerificationSummary(unopened: error, directory)
            }
        }
    }
}
