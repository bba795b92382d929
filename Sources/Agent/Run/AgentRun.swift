import HTTPTransport
import LogModel

/// The running agent: inputs, spool, uploader, and what tells of them.
public struct AgentRun: Sendable {
    /// How long what is on the wire may take once the agent is to stop, and the last batches with it.
    static let drainTimeout = Duration.seconds(10)
    static let statusInterval = Duration.seconds(1)

    let configuration: AgentConfiguration
    private let session: String?
    private let onReady: @Sendable () -> Void
    let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - session: The session of entries that name none.
    ///   - onReady: Called once, when modules can publish.
    ///   - write: Puts a line for a person on standard error.
    public init(
        _ configuration: AgentConfiguration, session: String?, onReady: @escaping @Sendable () -> Void = {},
        write: @escaping @Sendable (String) -> Void
    ) {
        self.onReady = onReady
        self.configuration = configuration
        self.session = session
        self.write = write
    }

    /// Runs until a stop is asked for. Then it takes what is in flight, writes the spool, sends what it can, and returns;
    /// what is left goes out in the next run.
    ///
    /// - Throws: `.unusableEndpoint`, `.locked`, `.io`, `.diskFull`, `.corruption` or `.formatTooNew`. Nothing that is in
    ///   the spool is lost then, and another run goes on.
    public func run(stop: StopRequest) async throws(AgentError) {
        let session = CurrentSession(session, directory: configuration.spool.path)
        let spool = try Spool(
            Spool.Settings(
                spool: configuration.spool, upload: configuration.fleet.logUpload,
                server: configuration.fleet.backendURL, device: configuration.fleet.dsn,
                session: { session.name },
                isUploading: isUploading))
        try session.restore()
        let refusals = Refusals()
        let board = StatusBoard(firstStatus(session))
        let clock = ServerClock()
        let inputs = makeInputs(spool, refusals, session)
        let restarts = ModuleRestarts(Set(configuration.modules.map(\.name)))
        let states = ModuleStates()
        let modules = makeModules(spool, refusals, session, restarts, states)
        let metrics = try metricsServer(board)
        var started: [any AgentInput] = []
        var startedModules: [any AgentInput] = []
        var failure: AgentError?
        do throws(AgentError) {
            for input in inputs {
                started.append(input)
                try await input.start()
            }
            onReady()
            write("listening on \(configuration.transport.endpoints.joined(separator: ", "))")
            // Modules find those that listen there.
            for module in modules {
                startedModules.append(module)
                try await module.start()
            }
        } catch {
            failure = error
            stop.make()
        }
        let reporting = Task { [started, startedModules] in
            await report(spool, refusals, started + startedModules, states, board, session, clock)
        }
        let owed = Task { await uploadOwedFiles(stop) }
        let fleet = Task { await runFleet(board, RunControls(configuration, session, restarts), clock, stop) }
        do throws(AgentError) {
            try await work(spool, board, clock, started, startedModules, stop)
        } catch {
            failure = failure ?? error
        }
        stop.make()
        await fleet.value
        await owed.value
        reporting.cancel()
        await reporting.value
        await keepModuleLogs(session: session.name, leftCount: board.status.spool.depth)
        let lostCount = board.status.spool.ring
        if lostCount > 0 { write("\(lostCount) entries could not be written to \(configuration.spool.path)") }
        await metrics?.stop()
        if let failure { throw failure }
    }

    /// Uploads only where there is a server to upload to.
    private var isUploading: Bool { configuration.fleet.isEnabled && configuration.fleet.logUpload.isEnabled }

    func defaults(_ session: CurrentSession) -> EntryDecoder.Defaults {
        let dsn = configuration.fleet.dsn
        // The server refuses what a certificate's device says of another; it is told to the module at once.
        let isRegistered = configuration.fleet.certificates != nil
        return EntryDecoder.Defaults(
            device: dsn, session: session.name, requiredDevice: isRegistered ? dsn : nil, receivedAt: WallClock.now())
    }

    private func firstStatus(_ session: CurrentSession) -> AgentStatus {
        var status = AgentStatus()
        status.device = configuration.fleet.dsn
        status.session = session.name
        status.server = configuration.fleet.backendURL
        status.started = WallClock.now().description
        status.spool.bytesMax = configuration.spool.byteCountMax
        return status
    }

    private func metricsServer(_ board: StatusBoard) throws(AgentError) -> MetricsServer? {
        guard let port = configuration.metrics.port else { return nil }
        return try MetricsServer(port: port) { AgentMetrics.text(board.status) }
    }

    // MARK: While it runs

    /// Pumps and uploads until a stop is asked for or the spool fails, then ends in order.
    private func work(
        _ spool: Spool, _ board: StatusBoard, _ clock: ServerClock, _ inputs: [any AgentInput],
        _ modules: [any AgentInput], _ stop: StopRequest
    ) async throws(AgentError) {
        let uploadStop = StopRequest()
        async let pumping = result { () async throws(AgentError) in
            do throws(AgentError) { try await SpoolPump(spool: spool).run() } catch {
                stop.make()
                throw error
            }
        }
        async let uploading = result { () async throws(AgentError) in
            guard isUploading else { return }
            do throws(AgentError) { try await upload(spool, board, clock, uploadStop) } catch {
                stop.make()
                throw error
            }
        }
        await stop.made()
        // What modules say while they end is still taken.
        await withTaskGroup(of: Void.self) { group in
            for module in modules { group.addTask { await module.stop() } }
        }
        for input in inputs { await input.stop() }
        let ending = await result { () async throws(AgentError) in try await spool.end() }
        uploadStop.make()
        let uploaded = await uploading
        let closing = await result { () async throws(AgentError) in try await spool.close() }
        spool.bell.finish()
        let pumped = await pumping
        for outcome in [pumped, ending, uploaded, closing] { try outcome.get() }
    }

    private func upload(
        _ spool: Spool, _ board: StatusBoard, _ clock: ServerClock, _ stop: StopRequest
    ) async throws(AgentError) {
        let fleet = configuration.fleet
        let target = UploadTarget(server: fleet.backendURL, device: fleet.dsn, boot: "")
        var uploader = CurlUploader(
            transport: AgentRun.transport(fleet), target: target,
            machine: UploadMachine(isPersistent: true, seed: .random(in: 0 ... .max)),
            budget: fleet.logUpload.byteCountPerSecondMax.map { LinkBudget(bytesPerSecond: $0) },
            drainTimeout: AgentRun.drainTimeout)
        uploader.clock = clock
        let end = try await uploader.run(spool, stop: stop) { notice in
            switch notice {
            case .advanced: board.change { $0.uploadError = nil }
            case .quarantined(let batch, let answer):
                write(
                    "the server refused batch \(batch.sequence) of \(batch.entryCount) entries (status "
                        + "\(answer.status)): \(answer.detail); it is in \(configuration.spool.path)/refused")
            case .setback(let setback, _):
                board.change { $0.uploadError = setback.reason }
                // The first tells; after that a line now and then shows that it is still trying.
                guard setback.failureCount == 1 || setback.failureCount % 20 == 0 else { return }
                write("cannot send, attempt \(setback.failureCount): \(setback.reason)")
            }
        }
        if case .impossible(let reason) = end { throw AgentError(.unusableServer, "\(fleet.backendURL): \(reason)") }
    }

    /// The client for the device's server: TLS 1.3 and the device's certificate, where it has one.
    static func transport(_ fleet: AgentConfiguration.Fleet) -> HTTPTransport {
        var settings = HTTPTransport.Settings()
        settings.userAgent = "logdb-agent/\(AgentVersion.text)"
        if let certificates = fleet.certificates {
            settings.tls = HTTPTransport.TLS(
                authoritiesFile: certificates.authorityPath, certificateFile: certificates.certificatePath,
                keyFile: certificates.keyPath)
            settings.tls.requiresVersion13 = true
        }
        return HTTPTransport(settings: settings)
    }

    /// Keeps the status file and what `/metrics` answers with up to date, until it is cancelled, and once more then.
    private func report(
        _ spool: Spool, _ refusals: Refusals, _ inputs: [any AgentInput], _ modules: ModuleStates,
        _ board: StatusBoard, _ session: CurrentSession, _ clock: ServerClock
    ) async {
        var written: AgentStatus?
        while true {
            let figures = await spool.report()
            let clockOffset = await clock.offsetMicroseconds
            board.change { status in
                status.take(figures)
                status.session = session.name
                // To the tenth of a second: what it is measured by moves more finely than that.
                status.clockOffsetSeconds = clockOffset.map { Double($0 / 100_000) / 10 }
                status.refusedMessages = refusals.counts
                status.lastRefusedMessages = refusals.examples
                if !configuration.modules.isEmpty { status.modules = modules.all }
                for input in inputs { status.inputs[input.name] = input.receivedCount }
            }
            var status = board.status
            // An unchanged status is not written again, to spare the disk.
            if status != written {
                written = status
                status.updated = WallClock.now().description
                status.write(spool: configuration.spool.path)
            }
            if Task.isCancelled { return }
            try? await Task.sleep(for: AgentRun.statusInterval)
        }
    }

    private func result(
        _ body: @Sendable () async throws(AgentError) -> Void
    ) async -> Result<Void, AgentError> {
        do throws(AgentError) { return .success(try await body()) } catch { return .failure(error) }
    }
}
