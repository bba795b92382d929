import HTTPTransport

/// Gets the device's next certificate at two thirds of the one it has. The key stays: the certificate is one file, which is
/// replaced at once, and there is no moment at which a key and a certificate do not belong together. The old certificate
/// is good until its end, so that a crash at any point costs nothing.
struct CertificateRenewal: Sendable {
    private let options: FleetOptions
    private let notify: @Sendable (FleetNotice) -> Void
    private let now: @Sendable () async -> Int64

    /// The clock is looked at so often: it may be set, and a certificate be replaced by hand.
    private static let lookInterval: Int64 = 600

    /// - Parameter now: Seconds since the epoch.
    init(
        _ options: FleetOptions, notify: @escaping @Sendable (FleetNotice) -> Void,
        now: @escaping @Sendable () async -> Int64
    ) {
        self.options = options
        self.notify = notify
        self.now = now
    }

    /// Runs until the task is cancelled.
    func run() async {
        var schedule: RenewalSchedule?
        while !Task.isCancelled {
            var delay = CertificateRenewal.lookInterval
            do throws(AgentError) {
                let lifetime = try options.files.certificateLifetime()
                var current = schedule.flatMap { $0.lifetime == lifetime ? $0 : nil } ?? RenewalSchedule(lifetime)
                if current.delay(now: await now()) == 0 {
                    current = RenewalSchedule(await renewed(lifetime))
                    current.attempted(now: await now())
                }
                schedule = current
                delay = min(delay, max(1, current.delay(now: await now())))
            } catch {
                notify(.renewalFailed(error.message))
            }
            try? await Task.sleep(for: .seconds(delay))
        }
    }

    /// How long the certificate is good after an attempt to renew it.
    private func renewed(_ lifetime: CertificateLifetime) async -> CertificateLifetime {
        do throws(AgentError) {
            let next = try await renew()
            notify(.certificateRenewed(expires: next.end))
            return next
        } catch {
            notify(.renewalFailed(error.message))
            return lifetime
        }
    }

    private struct Request: Encodable { var csr: String }
    private struct Answer: Decodable, FleetBody {
        var certificate: String
        var ca_certificate: String
    }

    /// Asks once, and puts the new certificate in place of the old one.
    ///
    /// - Returns: How long it is good.
    /// - Throws: `AgentError`. The old certificate is in place then.
    func renew() async throws(AgentError) -> CertificateLifetime {
        let request = try request()
        let url = "\(options.server)/api/v1/fleet/devices/\(PathText.encode(options.dsn))/certificate"
        // Of its own, so that the certificate that is shown is the one on disk.
        let transport = HTTPTransport(settings: FleetClient.settings(options.files))
        let answer: FleetAnswer<Answer> = await transport.fleet("POST", url, request)
        switch answer {
        case .done(let body): return try store(body)
        case .later(let reason, _): throw AgentError(.unreachable, "the certificate is not renewed: \(reason)")
        case .refused(let status, let code, let detail):
            let advice =
                ["certificate_expired", "certificate_revoked"].contains(code)
                ? "; register the device with a new capsule" : ""
            throw AgentError(
                .refused, "the certificate is not renewed: status \(status), \(code): \(detail)\(advice)")
        }
    }

    private func request() throws(AgentError) -> [UInt8] {
        JSONText.encode(Request(csr: try options.files.loadKey().certificateRequest()))
    }

    private func store(_ answer: Answer) throws(AgentError) -> CertificateLifetime {
        let key = try options.files.loadKey()
        let certificate = try DeviceCertificate(pem: Array(answer.certificate.utf8), source: "the server's answer")
        guard certificate.isFor(key) else {
            throw AgentError(.unusableServer, "the server gave a certificate for another key than the device's")
        }
        // The authority first: whoever trusts the new one trusts the old one's server too, where it is the same.
        if try Files.read(options.files.authorities) != Array(answer.ca_certificate.utf8) {
            try Files.replace(options.files.authorities, with: Array(answer.ca_certificate.utf8))
        }
        try Files.replace(options.files.certificate, with: Array(answer.certificate.utf8))
        return certificate.lifetime
    }
}
