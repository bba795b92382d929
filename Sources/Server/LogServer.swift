import Glibc
import Hummingbird
import HummingbirdCore
public import LogDB
public import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The HTTP server of a store.
public struct LogServer: Sendable {
    private let configuration: ServerConfiguration
    let services: Services
    private let logger: Logger
    private let onReady: @Sendable (Int) -> Void
    private let onDeviceListenerReady: @Sendable (Int) -> Void
    private let mainTLS: NIOSSLContext?
    private let deviceTLS: NIOSSLContext?
    private let running = Running()

    /// The store that is served.
    public var store: LogStore { services.store }

    /// Opens the store.
    ///
    /// - Parameters:
    ///   - logger: For what an operator must know; requests are not logged. Nil: to standard error.
    ///   - onReady: Called once, with the port, when the server answers.
    ///   - onDeviceListenerReady: The same for the device listener.
    /// - Throws: `ServerError`; `LogError` when the store does not open.
    public init(
        configuration: ServerConfiguration, logger: Logger? = nil,
        onReady: @escaping @Sendable (Int) -> Void = { _ in },
        onDeviceListenerReady: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        try configuration.check()
        let webFiles = try WebFiles(configuration.webRoot)
        let (directory, names) = (configuration.dataDirectory, configuration.publicNames)
        let authority = try ServingAuthority(directory, passphrase: configuration.authorityPassphrase)
        mainTLS = try configuration.tls.map { (source) throws(ServerError) in
            try TLSSetup.main(source, authority, names: names)
        }
        deviceTLS = try configuration.deviceListener == nil ? nil : TLSSetup.device(authority, names: names)
        self.onDeviceListenerReady = onDeviceListenerReady
        var ownLogger = Logger(label: "logdb")
        ownLogger.logLevel = .warning
        self.logger = logger ?? ownLogger
        self.configuration = configuration
        self.onReady = onReady
        let store = try await LogStore.open(at: configuration.dataDirectory, options: configuration.storeOptions)
        do {
            let identities = try await Identities(store)
            let signIns =
                configuration.authentication == .none
                ? nil : try SignIns(identities, dataDirectory: configuration.dataDirectory)
            let scrubber = Scrubber(configuration.scrubRules)
            services = Services(
                store: store, identities: identities,
                authenticator: Authenticator(signIns, try await DayQuota(store, logger: self.logger)),
                quarantine: try await Quarantine(store, limits: configuration.limits, scrubber: scrubber),
                idempotentRequests: try await IdempotentRequests(store),
                fleet: try await Fleet(
                    store, dataDirectory: directory, clock: configuration.clock,
                    monotonicClock: configuration.monotonicClock),
                tls: configuration.tls,
                authority: authority, publicName: configuration.publicNames.first, rates: configuration.rates,
                scrubber: scrubber, webFiles: webFiles, limits: configuration.limits, logger: self.logger)
        } catch {
            await store.close()
            throw error
        }
    }

    /// What `POST /api/v1/auth/setup` takes to make the first user; nil when there are users, or nobody has to sign in.
    public var setupToken: String? { services.setupToken.text }

    /// Serves until SIGTERM or SIGINT (see `ServerConfiguration.stopsOnSignals`), `stop`, or the task's cancellation. Then
    /// takes no new requests, lets those under way finish for up to `ServerLimits.stopTime`, cuts the others, and closes
    /// the store. Called once.
    ///
    /// - Throws: `ServerError` `.cannotListen`.
    public func run() async throws {
        let (fleet, artifacts, logger) = (services.fleet, services.artifacts, logger)
        let watch = Task {
            // Devices whose silence lasts too long are offline within a second.
            var secondCount = 0
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                secondCount += 1
                if secondCount % 60 == 0 { _ = try? await fleet.abortLostSessions() }
                _ = try? await fleet.markSilent()
                try? await fleet.expireCommands()
            }
        }
        let collection = Task {
            var minuteCount = 0
            while (try? await Task.sleep(for: .seconds(60))) != nil {
                minuteCount += 1
                do {
                    try await artifacts.collect()
                    guard minuteCount % 60 == 1 else { continue }
                    try await artifacts.sweep()
                    try await fleet.removeHistory()
                } catch {
                    logger.warning("what nobody needs any more was not removed: \(error)")
                }
            }
        }
        DeletionRoute.resume(services)
        let result = await serve()
        for task in [watch, collection] {
            task.cancel()
            await task.value
        }
        await services.jobs.stop()
        await services.authenticator.writeQuotas()
        await services.store.close()
        try result.get()
    }

    /// Makes `run` end as a signal does. Returns at once.
    public func stop() async { await running.stop() }

    private func serve() async -> Result<Void, any Error> {
        let services = services
        let onReady = onReady
        let main = application(.main, configuration.host, configuration.port, mainTLS) { port in
            services.isReady.store(true, ordering: .releasing)
            services.mainPort.store(port, ordering: .releasing)
            onReady(port)
        }
        var applications = [main]
        if let listener = configuration.deviceListener {
            let onReady = onDeviceListenerReady
            applications.append(
                application(.device, listener.host, listener.port, deviceTLS) { port in
                    services.devicePort.store(port, ordering: .releasing)
                    onReady(port)
                })
        }
        var group = ServiceGroupConfiguration(
            services: applications.map { .init(service: DrainingService(application: $0, services: services)) },
            gracefulShutdownSignals: configuration.stopsOnSignals ? [.sigterm, .sigint] : [], logger: logger)
        group.maximumGracefulShutdownDuration = configuration.limits.stopTime
        let serviceGroup = ServiceGroup(configuration: group)
        guard running.start(serviceGroup) else { return .success(()) }
        do {
            try await serviceGroup.run()
            return .success(())
        } catch let error as IOError {
            return .failure(
                ServerError(
                    .cannotListen,
                    "cannot listen on \(addresses): \(error.reason); take another address, or end what listens there"))
        } catch {
            // Requests that were still running when the time was up end the group with this.
            if services.isDraining.load(ordering: .acquiring) { return .success(()) }
            return .failure(error)
        }
    }
}

extension LogServer {
    private var addresses: String {
        let device = configuration.deviceListener.map { " or " + ServerConfiguration.address($0.host, $0.port) } ?? ""
        return configuration.address + device
    }

    private func application(
        _ listener: ServerResponder.Listener, _ host: String, _ port: Int, _ tls: NIOSSLContext?,
        _ onReady: @escaping @Sendable (Int) -> Void
    ) -> Application<ServerResponder> {
        let limits = configuration.limits
        let connections = services.connections
        return Application(
            responder: ServerResponder(services: services, listener: listener),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionWatch(connections, stalledTime: limits.stalledTime)],
                    idleTimeout: TimeAmount(limits.idleTime),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 80 << 10, maxHeaderListSize: 96 << 10, maxHeaderFieldCount: 128)),
                tls: tls),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 1_024),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? 0) }, logger: logger)
    }
}

/// What `stop` reaches, whether it comes before, during or after `run`.
private final class Running: Sendable {
    private enum State: Sendable {
        case notStarted
        case started(ServiceGroup)
        case stopped
    }

    private let state = Mutex(State.notStarted)

    /// Whether there was no `stop` yet.
    func start(_ group: ServiceGroup) -> Bool {
        state.withLock { state in
            if case .stopped = state { return false }
            state = .started(group)
            return true
        }
    }

    func stop() async {
        let group = state.withLock { state -> ServiceGroup? in
            defer { state = .stopped }
            if case .started(let group) = state { return group }
            return nil
        }
        await group?.triggerGracefulShutdown()
    }
}

/// The application; tells the routes when it is about to stop.
private struct DrainingService: Service, CustomStringConvertible {
    let application: Application<ServerResponder>
    let services: Services

    var description: String { "HTTP" }

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await application.run()
        } onGracefulShutdown: {
            services.isDraining.store(true, ordering: .releasing)
            services.live.stop()
            services.fleet.bell.stop()
        }
    }
}

extension IOError {
    /// As the system names it.
    fileprivate var reason: String { String(cString: strerror(errnoCode)) }
}

extension HTTPServerBuilder {
    fileprivate static func http1(
        configuration: HTTP1Channel.Configuration, tls: NIOSSLContext?
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            let plain = HTTP1Channel(responder: responder, configuration: configuration)
            return tls.map { EncryptedChannel(plain, $0) as any ServerChildChannel } ?? plain
        }
    }
}
