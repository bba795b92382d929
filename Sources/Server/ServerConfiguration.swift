public import LogDB
import LogModel

/// How a server runs.
public struct ServerConfiguration: Sendable {
    /// Who may do what.
    public enum Authentication: String, Sendable, CaseIterable {
        /// Every request may do everything. For loopback addresses only.
        case none
        /// Whoever asks shows a token, a key or a certificate.
        case required
    }

    /// The store's directory; made when it is not there.
    public var dataDirectory: String
    /// An address or a name to listen on. Without authentication it must be a loopback one.
    public var host: String
    /// 0 to 65,535. 0: one that is free, told to `LogServer`'s `onReady`.
    public var port: Int
    public var authentication: Authentication
    /// Nil: connections to the main listener are not encrypted, and it must be a loopback one.
    public var tls: TLSSource?
    /// More names and addresses for the certificates that the product's own authority makes.
    public var publicNames: [String] = []
    /// Where devices show their certificates; nil for no such listener. Port 0 is one that is free.
    public var deviceListener: (host: String, port: Int)?
    /// What the key of the product's own authority is encrypted with; nil: it is not.
    public var authorityPassphrase: String?
    /// What time it is for devices: certificates and capsules, who is online, and which commands are still good.
    var clock: @Sendable () -> Timestamp = { .now }
    /// By which the silence of devices is measured, in microseconds.
    var monotonicClock: @Sendable () -> Int64 = { ServerConfiguration.monotonicMicroseconds }
    /// Where the files of the user interface are; nil: beside the executable.
    public var webRoot: String?
    public var storeOptions: Options
    public var rates = RateLimits()
    /// What is taken out of entries before they are stored, in this order.
    public var scrubRules: [ScrubRule] = []
    public var limits: ServerLimits
    /// Whether SIGTERM and SIGINT stop the server. Off for a server inside another program, which calls `stop`.
    public var stopsOnSignals: Bool

    public init(
        dataDirectory: String, host: String = "127.0.0.1", port: Int = 8_080, authentication: Authentication,
        storeOptions: Options = Options(), limits: ServerLimits = ServerLimits(), stopsOnSignals: Bool = true
    ) {
        self.dataDirectory = dataDirectory
        self.host = host
        self.port = port
        self.authentication = authentication
        self.storeOptions = storeOptions
        self.limits = limits
        self.stopsOnSignals = stopsOnSignals
    }

    /// Microseconds since the first call, without those that it slept: nobody can be heard while it sleeps.
    static var monotonicMicroseconds: Int64 { Int64((SuspendingClock.now - monotonicStart) / .microseconds(1)) }
    private static let monotonicStart = SuspendingClock.now

    /// As it is written in a URL.
    var address: String { ServerConfiguration.address(host, port) }

    static func address(_ host: String, _ port: Int) -> String {
        (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }

    /// - Throws: `.notLoopback`, `.invalidPort`.
    func check() throws(ServerError) {
        guard (0...65_535).contains(port) else {
            throw ServerError(.invalidPort, "the port \(port) is not from 0 to 65535")
        }
        guard !ServerConfiguration.isLoopback(host) else { return }
        if authentication == .none {
            throw ServerError(
                .notLoopback,
                "without authentication the server listens on loopback addresses only, and \(host) is not one; "
                    + "use 127.0.0.1, ::1 or localhost")
        }
        if tls != nil { return }
        throw ServerError(
            .notLoopback,
            "without TLS the server listens on loopback addresses only, and \(host) is not one, since passwords would "
                + "be read on their way; use --tls, or 127.0.0.1, ::1 or localhost")
    }

    /// Whether only this machine reaches the address. Names other than `localhost` may mean anything, so they do not
    /// count.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
