import HTTPTransport
import LogModel

/// Drives a `CommandMachine`: polls the server, keeps the journal, runs what is to be run, and tells what came of it.
struct CommandClient: Sendable {
    private let options: FleetOptions
    private let runner: CommandRunner
    private let clock: ServerClock
    private let notify: @Sendable (FleetNotice) -> Void
    private let transport: HTTPTransport

    init(
        _ options: FleetOptions, runner: CommandRunner, clock: ServerClock,
        notify: @escaping @Sendable (FleetNotice) -> Void
    ) {
        self.options = options
        self.runner = runner
        self.clock = clock
        self.notify = notify
        transport = HTTPTransport(settings: FleetClient.settings(options.files))
    }

    /// The longest between two attempts of the same request.
    private static let backoff = UploadBackoff(first: .milliseconds(500), longest: .seconds(30))

    /// Runs until the task is cancelled.
    ///
    /// - Throws: `AgentError` where the journal cannot be read or written: without it a command could run twice.
    func run() async throws(AgentError) {
        var journal = try CommandJournal(options.stateDirectory + "/commands.journal")
        var machine = CommandMachine(notes: journal.takeNotes())
        var random = SeededRandom(seed: UInt64(truncatingIfNeeded: WallClock.now().microseconds))
        var failureCount = 0
        // Whether a command's time is up only the server's clock tells.
        await clock.awaitFirst()
        while !Task.isCancelled {
            switch machine.next(now: await clock.now) {
            case .note(let note):
                if journal.isLong { try journal.rewrite(machine.notes) }
                try journal.append(note)
                machine.handle(.noted)
                continue
            case .execute(let command):
                notify(.commandBegun(command))
                let outcome = await runner.run(command)
                notify(.commandEnded(command, outcome))
                machine.handle(.executed(outcome))
                continue
            case .poll:
                switch await poll() {
                case .done(let commands):
                    failureCount = 0
                    machine.handle(.delivered(commands))
                    continue
                // What the agent's own end broke off is no failure.
                case .later(let reason, _): if !Task.isCancelled { notify(.commandsFailed(reason)) }
                case .refused(let status, let code, let detail):
                    notify(.commandsFailed("status \(status), \(code): \(detail)"))
                }
            case .acknowledge(let id):
                let reception = await tell(id, Report(status: "acknowledged"))
                machine.handle(.acknowledged(reception))
                if reception != .unheard { continue }
            case .report(let id, let outcome):
                let reception = await tell(id, Report(outcome))
                machine.handle(.reported(reception))
                if reception != .unheard { continue }
            }
            failureCount += 1
            try? await Task.sleep(for: CommandClient.backoff.delay(failureCount: failureCount, using: &random))
        }
    }

    private var url: String { "\(options.server)/api/v1/fleet/devices/\(PathText.encode(options.dsn))/commands" }

    private func poll() async -> FleetAnswer<[FleetCommand]> {
        let wait = min(max(options.commandWait, .seconds(1)), FleetOptions.commandWaitMax)
        let answer: FleetAnswer<JSONDocument> = await transport.fleet(
            "GET", "\(url)?wait=\(wait.components.seconds)s", timeout: wait + .seconds(30))
        switch answer {
        case .done(let document):
            return .done((document.value["commands"]?.elements ?? []).compactMap { FleetCommand($0) })
        case .later(let reason, let after): return .later(reason: reason, after: after)
        case .refused(let status, let code, let detail): return .refused(status: status, code: code, detail: detail)
        }
    }

    private struct Report: Encodable {
        var status: String
        var output: String?
        var exit_code: Int32?

        init(status: String) { self.status = status }

        init(_ outcome: CommandOutcome) {
            status = outcome.hasSucceeded ? "succeeded" : "failed"
            output = outcome.output
            exit_code = outcome.exitCode
        }
    }

    private func tell(_ id: UInt64, _ report: Report) async -> CommandMachine.Reception {
        let answer: FleetAnswer<JSONDocument> = await transport.fleet(
            "POST", "\(url)/\(id)/result", JSONText.encode(report))
        switch answer {
        case .done: return .taken
        case .later(let reason, _):
            if !Task.isCancelled { notify(.commandsFailed(reason)) }
            return .unheard
        case .refused(let status, let code, let detail):
            if ["unknown_command", "command_finished"].contains(code) { return .over }
            notify(.commandsFailed("status \(status), \(code): \(detail)"))
            return .unheard
        }
    }
}
