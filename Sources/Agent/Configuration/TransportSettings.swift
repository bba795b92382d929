extension AgentConfiguration {
    /// `transport`: where modules publish. They connect, the agent binds.
    public struct Transport: Sendable {
        /// `tcp://ADDRESS:PORT` with an address of this machine's loopback, or `ipc://PATH`.
        public var endpoints = ["tcp://127.0.0.1:5556", "ipc:///run/logdb-agent/logs"]
        public var topic = "roboticks/logs"

        /// `sockaddr_un.sun_path` has 108 bytes, the last of them 0.
        static let socketPathByteCountMax = 107

        init() {}

        init(_ section: ConfigurationSection?) {
            guard let section else { return }
            let one = section.text("endpoint")
            let several = section.texts("endpoints")
            if section.has("endpoint"), section.has("endpoints") {
                section.problem("endpoints", "and transport.endpoint exclude each other")
            }
            if let given = several ?? one.map({ [$0] }) {
                let key = section.has("endpoints") ? "endpoints" : "endpoint"
                endpoints = given.map { endpoint in
                    if let problem = Transport.problem(endpoint) { section.problem(key, problem) }
                    // libzmq binds addresses, not names.
                    return endpoint.hasPrefix("tcp://localhost:")
                        ? "tcp://127.0.0.1:" + endpoint.dropFirst("tcp://localhost:".count) : endpoint
                }
            }
            if let topic = section.text("topic") { self.topic = topic }
            section.finish()
        }

        private static func problem(_ endpoint: String) -> String? {
            if endpoint.hasPrefix("ipc://") {
                let path = endpoint.dropFirst("ipc://".count)
                guard path.hasPrefix("/") else { return "has \(endpoint), whose path must begin with /" }
                guard path.utf8.count <= socketPathByteCountMax else {
                    return "has a path of \(path.utf8.count) bytes, at most \(socketPathByteCountMax) may be: \(path)"
                }
                return nil
            }
            guard endpoint.hasPrefix("tcp://") else {
                return "has \(endpoint), and takes tcp://127.0.0.1:PORT or ipc://PATH"
            }
            let rest = endpoint.dropFirst("tcp://".count)
            guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
                (1...65_535).contains(port)
            else { return "has \(endpoint), whose port must be 1 to 65535" }
            guard Loopback.isLoopback(host: String(rest[..<colon])) else {
                return "has \(endpoint), which other machines could reach; take 127.0.0.1"
            }
            return nil
        }
    }

    /// `metrics`: figures for Prometheus.
    public struct Metrics: Sendable {
        /// The loopback port that answers `GET /metrics`; nil for none.
        public var port: Int?

        init() {}

        init(_ section: ConfigurationSection?) {
            guard let section else { return }
            port = section.integer("port", in: 1...65_535)
            section.finish()
        }
    }
}

/// Addresses that never leave the machine (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
enum Loopback {
    static func isLoopback(host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return isIPv4 && parts[0] == "127" || ["::1", "[::1]", "localhost"].contains(host.lowercased())
    }

    /// The host that a URL names; empty where there is none.
    static func host(ofURL url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        // Whoever writes a name before an @ means another host.
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { return "" }
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return String(authority[...end]) }
        return String(authority.prefix { $0 != ":" })
    }
}
