import Testing

@testable import Agent

struct AgentConfigurationTests {
    /// The design document's example, as it is.
    static let example = """
        # /opt/roboticks/config/fleet.yaml
        fleet:
          enabled: true
          backend_url: "https://api.roboticks.io"
          dsn: "DEV-ABC-12345"
          environment: "testing"
          registration_token: "eyJhbGciOiJIUzI1NiIs..."

          heartbeat_interval_ms: 30000  # 30 seconds
          command_poll_interval_ms: 10000  # 10 seconds

          log_upload:
            enabled: true
            batch_size: 100
            batch_interval_ms: 5000
            buffer_size: 10000

          certificates:
            ca_cert_path: "/opt/roboticks/certs/ca.pem"
            client_cert_path: "/opt/roboticks/certs/device.pem"
            client_key_path: "/opt/roboticks/certs/device.key"
        """

    @Test func takesTheExampleAsItIs() throws {
        let configuration = try AgentConfiguration(yaml: Self.example)
        #expect(configuration.warnings == [])
        #expect(configuration.fleet.backendURL == "https://api.roboticks.io")
        #expect(configuration.fleet.dsn == "DEV-ABC-12345")
        #expect(configuration.fleet.environment == "testing")
        #expect(configuration.fleet.registrationToken == "eyJhbGciOiJIUzI1NiIs...")
        #expect(configuration.fleet.heartbeatInterval == .seconds(30))
        #expect(configuration.fleet.commandPollInterval == .seconds(10))
        #expect(configuration.fleet.logUpload.batchSize == 100)
        #expect(configuration.fleet.logUpload.batchInterval == .seconds(5))
        #expect(configuration.fleet.logUpload.bufferSize == 10_000)
        #expect(configuration.fleet.certificates?.keyPath == "/opt/roboticks/certs/device.key")
        #expect(configuration.transport.topic == "roboticks/logs")
        #expect(configuration.spool.whenFull == .oldest)
    }

    @Test func takesAnUnregisteredAgentOnThisMachine() throws {
        let configuration = try AgentConfiguration(
            yaml: """
                fleet: {backend_url: "http://localhost:8080/", dsn: R1}
                transport: {endpoints: ["tcp://localhost:5556", "ipc:///tmp/logs"], topic: t}
                spool: {path: /tmp/spool/, max_bytes: 1_000_000, when_full: lowest_level, fsync_interval_ms: 0}
                metrics: {port: 9100}
                """)
        #expect(configuration.warnings == [])
        #expect(configuration.fleet.certificates == nil)
        #expect(configuration.fleet.backendURL == "http://localhost:8080")
        #expect(configuration.fleet.logUpload.batchInterval == .seconds(1))
        #expect(configuration.transport.endpoints == ["tcp://127.0.0.1:5556", "ipc:///tmp/logs"])
        #expect(configuration.spool.path == "/tmp/spool")
        #expect(configuration.spool.byteCountMax == 1_000_000)
        #expect(configuration.spool.whenFull == .lowestLevel)
        #expect(configuration.spool.fsyncInterval == .zero)
        #expect(configuration.metrics.port == 9_100)
    }

    @Test func warnsOfEveryKeyThatItDoesNotKnow() throws {
        let configuration = try AgentConfiguration(
            yaml: """
                fleet:
                  backend_url: http://127.0.0.1:1
                  dsn: R1
                  colour: red
                  log_upload: {batch_sise: 10}
                telemetry: true
                """)
        #expect(
            configuration.warnings.sorted() == [
                "line 4: fleet.colour is not known, and does nothing",
                "line 5: fleet.log_upload.batch_sise is not known, and does nothing",
                "line 6: telemetry is not known, and does nothing",
            ])
    }

    @Test func listsEverythingThatIsBrokenAtOnce() throws {
        let error = try #require(throws: AgentError.self) {
            try AgentConfiguration(
                yaml: """
                    fleet:
                      enabled: perhaps
                      backend_url: http://logs.example:8080
                      environment: moon
                      log_upload: {batch_size: many, batch_interval_ms: 1}
                      certificates: [a]
                    transport: {endpoint: "tcp://0.0.0.0:5556", topic: ""}
                    spool: {when_full: explode, max_bytes: 10}
                    """)
        }
        #expect(error.code == .invalidConfiguration)
        for expected in [
            "fleet.enabled must be true or false", "fleet.backend_url must begin with http:// and name this machine",
            "fleet.environment is one of production, testing, development, not “moon”", "fleet.dsn is missing",
            "fleet.log_upload.batch_size must be a whole number",
            "fleet.log_upload.batch_interval_ms is 1, and must be",
            "fleet.certificates must have keys", "transport.endpoint has tcp://0.0.0.0:5556, which other machines",
            "transport.topic must not be empty", "spool.when_full is one of oldest, lowest_level, block, not “explode”",
            "spool.max_bytes is 10, and must be",
        ] {
            #expect(error.message.contains(expected), "\(expected) is not in:\n\(error.message)")
        }
        #expect(error.message.split(separator: "\n").count == 11)
    }

    @Test(arguments: [
        "http://127.0.0.1@evil.example/", "http://evil.example#127.0.0.1", "https://127.0.0.1",
        "http://127.0.0.1.example",
        "http://[::2]:80", "ftp://127.0.0.1", "127.0.0.1:8080",
    ])
    func sendsNothingInTheClearToAnotherMachine(url: String) {
        #expect(throws: AgentError.self) {
            try AgentConfiguration(yaml: "fleet: {dsn: R1, backend_url: \"\(url)\"}")
        }
    }

    @Test(arguments: ["http://127.0.0.1:8080", "http://127.1.2.3", "http://[::1]:80", "http://LOCALHOST:1/prefix"])
    func sendsToThisMachine(url: String) throws {
        _ = try AgentConfiguration(yaml: "fleet: {dsn: R1, backend_url: \"\(url)\"}")
    }

    @Test func wantsHTTPSWithCertificates() {
        let yaml = Self.example.replacing("https://", with: "http://")
        #expect(throws: AgentError.self) { try AgentConfiguration(yaml: yaml) }
    }

    @Test(arguments: ["", "- a", "fleet: [", "just text"])
    func refusesWhatIsNoConfiguration(yaml: String) {
        #expect(throws: AgentError.self) { try AgentConfiguration(yaml: yaml) }
    }

    @Test(arguments: [
        "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:99999", "ipc://relative", "inproc://x",
        "udp://127.0.0.1:1",
        "ipc:///" + String(repeating: "a", count: 107),
    ])
    func refusesEndpointsThatCannotBeBound(endpoint: String) {
        #expect(throws: AgentError.self) {
            try AgentConfiguration(
                yaml: "fleet: {dsn: R1, enabled: false}\ntransport: {endpoints: [\"\(endpoint)\"]}")
        }
    }
}
