import Testing

@testable import Agent

struct CapsuleManifestTests {
    private static let yaml = """
        device:
          dsn: "DEV-ABC-12345"
          type: "drone"
          environment: "testing"
        fleet:
          account_id: "acc_123456"
          backend_url: "https://api.example.org/"
          registration_token: "eyJ"  # expires in 24h
        iot:
          mqtt_endpoint: ""
          ca_certificate: |
            -----BEGIN CERTIFICATE-----
            AAAA
            -----END CERTIFICATE-----
        composition:
          name: "DroneNav_v2.1"
          version: "2.1.0"
          modules: [nav, input]
        """

    @Test func theDesignsManifestIsRead() throws {
        let capsule = try CapsuleManifest(Array(Self.yaml.utf8), path: "capsule.yaml")
        #expect(capsule.dsn == "DEV-ABC-12345")
        #expect(capsule.type == "drone")
        #expect(capsule.environment == "testing")
        #expect(capsule.server == "https://api.example.org")
        #expect(capsule.registrationToken == "eyJ")
        #expect(capsule.authorityPEM == "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        #expect(capsule.composition == "DroneNav_v2.1")
    }

    @Test(arguments: [
        ("registration_token", "fleet.registration_token"), ("backend_url", "fleet.backend_url"), ("dsn", "device.dsn"),
    ])
    func whatIsMissingIsNamed(key: String, name: String) {
        let yaml = Self.yaml.replacing("\(key):", with: "other:")
        let error = #expect(throws: AgentError.self) { try CapsuleManifest(Array(yaml.utf8), path: "capsule.yaml") }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("capsule.yaml is no capsule manifest: \(name) is missing") == true)
    }

    @Test(arguments: ["", "- a list", "device: [", "\u{0}"])
    func whatIsNoManifestIsRefused(yaml: String) {
        let error = #expect(throws: AgentError.self) { try CapsuleManifest(Array(yaml.utf8), path: "capsule.yaml") }
        #expect(error?.code == .invalidArgument)
    }

    @Test(arguments: [
        ("https://example.org", true), ("http://localhost:80", true), ("http://127.0.0.1:8080/x", true),
        ("http://[::1]:8080", true), ("http://example.org", false), ("http://127.0.0.1.example.org", false),
        ("http://localhost@example.org", false), ("ftp://localhost", false), ("", false),
    ])
    func secretsGoInTheClearToThisMachineOnly(url: String, isGood: Bool) {
        #expect(((try? ServerURL.checkPrivate(url)) != nil) == isGood)
    }

    @Test func aCertificateIsRenewedAfterTwoThirds() {
        let lifetime = CertificateLifetime(begin: 1_000, end: 1_000 + 90 * 86_400)
        #expect(lifetime.renewal == 1_000 + 60 * 86_400)
        #expect(!lifetime.isOver(at: lifetime.end - 1))
        #expect(lifetime.isOver(at: lifetime.end))
    }
}
