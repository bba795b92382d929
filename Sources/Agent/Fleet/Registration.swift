public import HTTPTransport
import LogModel

/// A device's way from its capsule to its certificate. Killed at any point and run again it ends registered: the key is
/// on disk before the server hears of it, the server gives the same key the same certificate again for ten minutes, and
/// one record, replaced at once, makes the device registered.
public struct Registration: Sendable {
    /// What came of it.
    public struct Outcome: Sendable, Hashable {
        public var deviceID: UInt64
        public var dsn: String
        public var files: DeviceFiles
        /// The device was registered with this capsule before, and nobody was asked.
        public var wasRegistered: Bool
    }

    public var capsule: CapsuleManifest
    public var directory: String
    /// How long a server that is away or busy is asked again.
    public var patience = Duration.seconds(60)
    public var backoff = UploadBackoff.standard

    public init(capsule: CapsuleManifest, directory: String) {
        self.capsule = capsule
        self.directory = directory
    }

    private struct Request: Encodable {
        var dsn: String
        var registration_token: String
        var device_info: DeviceInfo
        var csr: String
    }

    private struct Answer: Decodable, FleetBody {
        var device_id: UInt64
        var certificate: String
        var ca_certificate: String
        var iot_thing_name: String?
    }

    /// Registers the device.
    ///
    /// - Parameter say: Told what takes long.
    /// - Throws: `AgentError`: `.refused` with what helps, `.unreachable` when the patience is over,
    ///   `.unusableServer`, `.locked`, `.io`, `.corruption`.
    public func run(
        settings: HTTPTransport.Settings = HTTPTransport.Settings(), say: @Sendable (String) -> Void
    ) async throws(AgentError) -> Outcome {
        try ServerURL.checkPrivate(capsule.server)
        try Files.makeDirectory(directory)
        let lock = try FileLock(
            directory + "/register.lock",
            refusal: "another logdb-agent registers in \(directory); wait for it to end")
        return try await register(settings, say, holding: lock)
    }

    private func register(
        _ settings: HTTPTransport.Settings, _ say: @Sendable (String) -> Void, holding lock: borrowing FileLock
    ) async throws(AgentError) -> Outcome {
        let files = DeviceFiles(directory: directory)
        let record = try RegistrationRecord.load(directory)
        let tokenHash = Registration.hash(capsule.registrationToken)
        if let record, record.dsn != capsule.dsn {
            throw AgentError(
                .invalidArgument,
                "\(directory) belongs to the device “\(record.dsn)”, and the capsule to “\(capsule.dsn)”; "
                    + "give --directory another one")
        }
        let request = try request(files)
        if let record, record.tokenHash == tokenHash {
            try record.makeFiles(files, key: try files.loadKey())
            return outcome(record, files, wasRegistered: true)
        }
        let answer = try await ask(request, settings, say)
        let made = RegistrationRecord(
            dsn: capsule.dsn, deviceID: answer.device_id, thingName: answer.iot_thing_name ?? "",
            server: capsule.server, tokenHash: tokenHash, certificate: answer.certificate,
            authority: answer.ca_certificate)
        try store(made, files)
        return outcome(made, files, wasRegistered: false)
    }

    private func request(_ files: DeviceFiles) throws(AgentError) -> [UInt8] {
        let key = try files.loadOrMakeKey()
        return JSONText.encode(
            Request(
                dsn: capsule.dsn, registration_token: capsule.registrationToken, device_info: .current(),
                csr: try key.certificateRequest()))
    }

    private func store(_ record: RegistrationRecord, _ files: DeviceFiles) throws(AgentError) {
        let key = try files.loadKey()
        let certificate = try DeviceCertificate(pem: Array(record.certificate.utf8), source: "the server's answer")
        guard certificate.isFor(key) else {
            throw AgentError(.unusableServer, "\(capsule.server) gave a certificate for another key than the device's")
        }
        try record.save(directory)
        try record.makeFiles(files, key: key)
    }

    private func outcome(_ record: RegistrationRecord, _ files: DeviceFiles, wasRegistered: Bool) -> Outcome {
        Outcome(deviceID: record.deviceID, dsn: record.dsn, files: files, wasRegistered: wasRegistered)
    }

    /// Asks the server until it answers or the patience is over.
    private func ask(
        _ request: [UInt8], _ settings: HTTPTransport.Settings, _ say: @Sendable (String) -> Void
    ) async throws(AgentError) -> Answer {
        var settings = settings
        settings.workerCountMax = 1
        if settings.tls.authoritiesFile == nil, !capsule.authorityPEM.isEmpty {
            // The capsule's authority alone: until the answer is there, nothing in the directory changes for others.
            let pinned = directory + "/capsule-ca.pem"
            try Files.replace(pinned, with: Array(capsule.authorityPEM.utf8))
            settings.tls.authoritiesFile = pinned
        }
        let transport = HTTPTransport(settings: settings)
        let deadline = ContinuousClock.now + patience
        var random = SeededRandom(seed: UInt64(truncatingIfNeeded: WallClock.now().microseconds))
        var failureCount = 0
        while true {
            let answer: FleetAnswer<Answer> = await transport.fleet(
                "POST", capsule.server + "/api/v1/fleet/register", request)
            switch answer {
            case .done(let body): return body
            case .refused(let status, let code, let detail):
                throw RegistrationRefusal.error(status: status, code: code, detail: detail, capsule: capsule)
            case .later(let reason, let after):
                failureCount += 1
                var delay = backoff.delay(failureCount: failureCount, using: &random)
                if let after { delay = max(delay, after) }
                guard ContinuousClock.now + delay < deadline, !Task.isCancelled else {
                    throw AgentError(
                        .unreachable,
                        "\(capsule.server) does not register the device: \(reason); the same command goes on")
                }
                say("\(reason); trying again")
                try? await Task.sleep(for: delay)
            }
        }
    }

    static func hash(_ token: String) -> UInt64 {
        Array(token.utf8).withUnsafeBytes { ByteHash.hash($0) }
    }
}
