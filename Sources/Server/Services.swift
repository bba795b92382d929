import LogDB
import Logging
import Synchronization

/// What the routes share.
final class Services: Sendable {
    let store: LogStore
    let limits: ServerLimits
    let logger: Logger
    let routes: RouteTable
    let counters: RequestCounters
    let connections = Connections()
    let jobs: Jobs
    let live: LiveHub
    let streams = StreamGate()
    let codecs = CodecPool()
    let identities: Identities
    let authenticator: Authenticator
    let quarantine: Quarantine
    let idempotentRequests: IdempotentRequests
    let setupToken: SetupToken
    let fleet: Fleet
    let artifacts: Artifacts
    let scrubber: Scrubber
    let loginLimits = LoginLimits()
    let registrationLimits = LoginLimits(what: "to register")
    let rates: RequestRates
    let queryGate: QueryGate
    let requestLog: RequestLog
    let authority: ServingAuthority
    let webFiles: WebFiles
    /// What devices know the server by.
    let publicName: String?
    /// Whether the main listener's connections are encrypted.
    let isSecure: Bool
    /// Whether browsers are to come encrypted only from now on. Not under a certificate of the own authority: it is for
    /// names such as `localhost`, which others on the machine use too.
    let isStrict: Bool
    /// Bodies as they were received.
    let receivedBytes: ByteBudget
    /// Bodies after decompression, which is why a receiver never waits for another.
    let decompressedBytes: ByteBudget
    /// What queries hold while their rows are handed out.
    let scanBytes: ByteBudget
    /// What queries hold that gather their rows first.
    let gatherBytes: ByteBudget
    /// Set once the port is open.
    let isReady = Atomic(false)
    /// The ports, once they are open; 0 before, and where there is none.
    let mainPort = Atomic(0)
    let devicePort = Atomic(0)
    /// Set when the server is asked to stop.
    let isDraining = Atomic(false)

    init(
        store: LogStore, identities: Identities, authenticator: Authenticator, quarantine: Quarantine,
        idempotentRequests: IdempotentRequests, fleet: Fleet, tls: TLSSource? = nil,
        authority: ServingAuthority, publicName: String? = nil, rates: RateLimits = RateLimits(),
        scrubber: Scrubber = Scrubber([]), webFiles: WebFiles = .empty, limits: ServerLimits, logger: Logger
    ) {
        self.store = store
        self.identities = identities
        self.authenticator = authenticator
        self.quarantine = quarantine
        self.idempotentRequests = idempotentRequests
        self.fleet = fleet
        self.scrubber = scrubber
        artifacts = Artifacts(store, quota: limits.artifactQuota, clock: fleet.clock)
        isSecure = tls != nil
        isStrict = tls != nil && tls != .automatic
        self.rates = RequestRates(rates)
        queryGate = QueryGate(countMax: limits.queryCountMax)
        requestLog = RequestLog(logger: logger, slowQueryTime: limits.slowQueryTime)
        self.authority = authority
        self.webFiles = webFiles
        self.publicName = publicName
        setupToken = SetupToken(isNeeded: authenticator.signIns != nil && !identities.hasUsers)
        self.limits = limits
        self.logger = logger
        routes = RouteTable.all
        counters = RequestCounters()
        jobs = Jobs()
        live = LiveHub(store, logger: logger)
        let byteCountMax = limits.inFlightByteCountMax
        receivedBytes = ByteBudget(byteCountMax: max(byteCountMax, limits.bodyByteCountMax))
        decompressedBytes = ByteBudget(byteCountMax: max(byteCountMax / 2, limits.bodyByteCountMax))
        let queriesByteCountMax = max(limits.queriesByteCountMax / 2, limits.queryByteCountMax)
        let connections = connections
        fleet.onRevoke.withLock { $0 = { connections.close($0) } }
        scanBytes = ByteBudget(byteCountMax: queriesByteCountMax)
        gatherBytes = ByteBudget(byteCountMax: queriesByteCountMax)
    }
}
