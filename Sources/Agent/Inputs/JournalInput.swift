import LogModel

/// Follows the systemd journal through `journalctl`, each entry once: the cursor of the last is kept with the entries. On a
/// thread of its own.
actor JournalInput {
    private let executor = BlockingExecutor(label: "logdb.journal")
    private let settings: InputSettings
    private let context: SourceContext
    private let units: [String]
    private let program: String

    /// Between two starts of a journalctl that ended.
    private static let restartInterval = Duration.seconds(5)

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter program: The path of `journalctl`.
    init(_ settings: InputSettings, units: [String], context: SourceContext, program: String = "/usr/bin/journalctl") {
        self.settings = settings
        self.units = units
        self.context = context
        self.program = program
    }

    /// Runs until a stop is asked for.
    func run(stop: StopRequest) async throws(AgentError) {
        while !stop.isMade {
            do throws(AgentError) {
                try await follow(stop)
                if !stop.isMade { context.say("journalctl ended; starting it again") }
            } catch {
                if error.code == .stopping { return }
                guard error.code == .io else { throw error }
                context.say("cannot follow the journal: \(error.message)")
            }
            let next = ContinuousClock.now + JournalInput.restartInterval
            while ContinuousClock.now < next, !stop.isMade { try? await Task.sleep(for: SourceContext.pollInterval) }
        }
    }

    private func follow(_ stop: StopRequest) async throws(AgentError) {
        let journal = try RunningProgram(Program(arguments: arguments(await context.intake.mark(of: settings.name))))
        var bytes: [UInt8] = []
        while !stop.isMade {
            let isOpen = journal.readAvailable(waitMilliseconds: 100) { bytes.append(contentsOf: $0) }
            guard let end = bytes.lastIndex(of: 0x0a) else {
                if !isOpen { return }
                continue
            }
            try await take(bytes[...end])
            bytes.removeFirst(end + 1)
            if !isOpen { return }
        }
    }

    private func arguments(_ mark: [UInt8]?) -> [String] {
        var arguments = [program, "--output=json", "--follow", "--no-pager", "--quiet"]
        if let mark {
            arguments.append("--after-cursor=" + String(decoding: mark, as: UTF8.self))
        } else {
            // The first time, as much of what was before as a person would look at.
            arguments.append(settings.startsAtEnd ? "--lines=0" : "--lines=1000")
        }
        return arguments + units.map { "--unit=\($0)" }
    }

    private func take(_ lines: ArraySlice<UInt8>) async throws(AgentError) {
        let defaults = context.defaults(settings)
        var batch = Batch()
        var cursor: String?
        for line in lines.split(separator: 0x0a) {
            guard let found = JournalEntry(Array(line), defaults: defaults) else {
                line.withUnsafeBytes {
                    context.refusals.add(
                        input: settings.name, reason: "not_a_journal_entry", detail: "journalctl wrote something else",
                        beginning: $0, at: defaults.receivedAt)
                }
                continue
            }
            batch.append(found.entry)
            cursor = found.cursor
            if batch.count >= SourceContext.batchCountMax || batch.byteCount >= SourceContext.batchByteCountMax {
                try await put(batch, found.cursor)
                (batch, cursor) = (Batch(), nil)
            }
        }
        if let cursor { try await put(batch, cursor) }
    }

    private func put(_ batch: Batch, _ cursor: String) async throws(AgentError) {
        let mark = InputMark(input: settings.name, value: Array(cursor.utf8))
        try await context.intake.put(batch, mark: mark, whenSynced: nil)
    }
}
