import Glibc

/// Tells the service manager how a service is, by systemd's protocol (sd_notify(3)): datagrams of text to the socket that
/// the environment names. Where it names none there is no notifier. From any thread; nobody is waited for.
public struct ServiceNotifier: Sendable {
    private let path: String
    /// How often the service manager wants to hear that the service works: half of what it waits. Nil: it does not.
    public let watchdogInterval: Duration?

    /// - Parameters:
    ///   - environment: Looks a variable up.
    ///   - process: This process's number; nil: the own one.
    /// - Returns: Nil where no service manager listens.
    public init?(
        environment: (String) -> String? = ServiceNotifier.variable, process: Int32? = nil
    ) {
        // A path, or a name in Linux's abstract space.
        guard let path = environment("NOTIFY_SOCKET"), path.hasPrefix("/") || path.hasPrefix("@"),
            path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        self.path = path
        let isOurs = environment("WATCHDOG_PID").map { $0 == String(process ?? getpid()) } ?? true
        let microseconds = environment("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
        watchdogInterval = isOurs && microseconds > 0 ? .microseconds(microseconds / 2) : nil
    }

    /// A variable of this process.
    public static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The service does its work from now on.
    public func ready(status: String) { send("READY=1\nSTATUS=\(ServiceNotifier.oneLine(status))") }

    /// What the service is at, for people.
    public func status(_ text: String) { send("STATUS=\(ServiceNotifier.oneLine(text))") }

    /// The service comes to its end.
    public func stopping() { send("STOPPING=1") }

    /// The service works.
    public func watchdog() { send("WATCHDOG=1") }

    /// Says at every interval that the service works, until the task is cancelled. Without an interval it only waits.
    ///
    /// - Parameter isWorking: Asked each time; while it answers false, or does not answer, nothing is said, and the service
    ///   manager ends the service.
    public func keepWatch(_ isWorking: @Sendable () async -> Bool = { true }) async {
        while !Task.isCancelled {
            if watchdogInterval != nil, await isWorking() { watchdog() }
            try? await Task.sleep(for: watchdogInterval ?? .seconds(3_600))
        }
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    /// A message that cannot be sent changes nothing: the service manager notices by what does not come.
    private func send(_ message: String) {
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return }
        defer { close(file) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        if bytes.first == UInt8(ascii: "@") { address.sun_path.0 = 0 }
        // The length tells an abstract name's end; a path's is its byte 0.
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + bytes.count + (bytes.first == 0x40 ? 0 : 1)
        let text = Array(message.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    file, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0,
                    socklen_t(length))
            }
        }
    }
}
