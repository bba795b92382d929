extension AgentConfiguration {
    /// `fleet`: who the device is, where its server is, and how logs are uploaded.
    public struct Fleet: Sendable {
        /// False: nothing goes to a server; entries are kept in the spool.
        public var isEnabled = true
        /// Without a slash at its end.
        public var backendURL = ""
        /// The device's serial number.
        public var dsn = ""
        public var environment: String?
        /// For registering, once.
        public var registrationToken: String?
        public var heartbeatInterval = Duration.seconds(30)
        public var commandPollInterval = Duration.seconds(10)
        public var logUpload = LogUpload()
        /// Nil: the agent is unregistered, uploads by plain HTTP to a server on this machine only, and neither sends
        /// heartbeats nor takes commands.
        public var certificates: Certificates?

        init() {}

        init(_ file: ConfigurationSection) {
            guard let section = file.section("fleet") else {
                file.findings.problem("fleet is missing; it says who the device is (dsn) and where its server is")
                return
            }
            isEnabled = section.flag("enabled") ?? true
            backendURL = section.text("backend_url") ?? ""
            while backendURL.hasSuffix("/") { backendURL.removeLast() }
            dsn = section.text("dsn") ?? ""
            environment = section.choice("environment", Environment.self)?.rawValue
            registrationToken = section.text("registration_token")
            if let interval = section.integer("heartbeat_interval_ms", in: Fleet.intervalMsRange) {
                heartbeatInterval = .milliseconds(interval)
            }
            if let interval = section.integer("command_poll_interval_ms", in: Fleet.intervalMsRange) {
                commandPollInterval = .milliseconds(interval)
            }
            logUpload = LogUpload(section.section("log_upload"))
            certificates = section.section("certificates").map { Certificates($0) }
            checkDevice(section)
            if isEnabled { checkServer(section) }
            section.finish()
        }

        static let intervalMsRange = 1_000...3_600_000
        /// The server takes no longer one.
        static let dsnByteCountMax = 1_024

        private enum Environment: String, CaseIterable { case production, testing, development }

        private func checkDevice(_ section: ConfigurationSection) {
            guard !dsn.isEmpty else {
                if !section.has("dsn") { section.problem("dsn", "is missing; it is the device's serial number") }
                return
            }
            if dsn.utf8.count > Fleet.dsnByteCountMax {
                section.problem("dsn", "has \(dsn.utf8.count) bytes, and may have \(Fleet.dsnByteCountMax)")
            }
            if dsn.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
                section.problem("dsn", "must have no control characters")
            }
        }

        private func checkServer(_ section: ConfigurationSection) {
            guard !backendURL.isEmpty else {
                if !section.has("backend_url") { section.problem("backend_url", "is missing") }
                return
            }
            if certificates != nil {
                if !backendURL.hasPrefix("https://") {
                    section.problem("backend_url", "must begin with https://, as there are certificates")
                }
            } else if !backendURL.hasPrefix("http://") || !Loopback.isLoopback(host: Loopback.host(ofURL: backendURL)) {
                section.problem(
                    "backend_url",
                    "must begin with http:// and name this machine (127.0.0.1, ::1 or localhost), as there are no "
                        + "certificates: nothing is sent over a network in the clear")
            }
        }
    }

    /// `fleet.log_upload`: how entries are cut into batches.
    public struct LogUpload: Sendable {
        /// False: entries are kept in the spool.
        public var isEnabled = true
        /// A batch goes out when so many entries wait. When more wait than that, as after a time offline, a batch takes
        /// more.
        public var batchSize = 100
        /// A batch goes out when its first entry is so old. The standard keeps an entry's way to a screen under 2 s.
        public var batchInterval = Duration.seconds(1)
        /// Entries that wait in memory for the spool's disk.
        public var bufferSize = 10_000
        /// Bytes of batches that may be sent in a second, on the average; nil: as much as the link takes.
        public var byteCountPerSecondMax: Int?

        static let batchSizeRange = 1...10_000
        static let batchIntervalMsRange = 10...3_600_000
        static let bufferSizeRange = 100...1_000_000
        static let byteCountPerSecondRange = 100...1_000_000_000

        init() {}

        init(_ section: ConfigurationSection?) {
            guard let section else { return }
            isEnabled = section.flag("enabled") ?? true
            if let size = section.integer("batch_size", in: LogUpload.batchSizeRange) { batchSize = size }
            if let interval = section.integer("batch_interval_ms", in: LogUpload.batchIntervalMsRange) {
                batchInterval = .milliseconds(interval)
            }
            if let size = section.integer("buffer_size", in: LogUpload.bufferSizeRange) { bufferSize = size }
            byteCountPerSecondMax = section.integer("max_bytes_per_second", in: LogUpload.byteCountPerSecondRange)
            section.finish()
        }
    }

    /// `fleet.certificates`: paths of PEM files, which registering writes.
    public struct Certificates: Sendable {
        /// The authority that signed the server's certificate.
        public var authorityPath: String
        public var certificatePath: String
        public var keyPath: String

        init(_ section: ConfigurationSection) {
            let keys = ["ca_cert_path", "client_cert_path", "client_key_path"]
            for key in keys where !section.has(key) {
                section.problem(key, "is missing; \(keys.joined(separator: ", ")) go together")
            }
            authorityPath = section.text(keys[0]) ?? ""
            certificatePath = section.text(keys[1]) ?? ""
            keyPath = section.text(keys[2]) ?? ""
            section.finish()
        }
    }
}
