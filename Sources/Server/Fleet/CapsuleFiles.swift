import LogDB
import LogModel

/// The files that a capsule is for a device: the manifest, and the configuration of the agent. YAML, whose texts are written
/// as JSON's are, which it takes as they stand.
public struct CapsuleFiles: Sendable {
    public let capsule: Fleet.Capsule
    /// Where the device reaches the server.
    public let backendURL: String
    /// In PEM.
    public let authorityPEM: [UInt8]

    public init(_ capsule: Fleet.Capsule, backendURL: String, authorityPEM: [UInt8]) {
        self.capsule = capsule
        self.backendURL = backendURL
        self.authorityPEM = authorityPEM
    }

    /// `capsule_manifest.yaml`.
    public var manifest: String {
        let request = capsule.request
        let lines = String(decoding: authorityPEM, as: UTF8.self).split(separator: "\n").map { "    \($0)\n" }.joined()
        var text = """
            device:
              dsn: \(quoted(request.dsn))
              type: \(quoted(request.type.name))
              environment: \(quoted(request.environment.name))

            fleet:
              account_id: \(quoted(capsule.accountName))
              backend_url: \(quoted(backendURL))
              registration_token: \(quoted(capsule.token))  # expires \(capsule.expires)

            iot:
              mqtt_endpoint: ""
              ca_certificate: |
            \(lines)
            """
        if !request.composition.isEmpty { text += "\ncomposition: \(request.composition)\n" }
        return text
    }

    /// `fleet.yaml`.
    public var agentConfiguration: String {
        """
        fleet:
          enabled: true
          backend_url: \(quoted(backendURL))
          dsn: \(quoted(capsule.request.dsn))
          environment: \(quoted(capsule.request.environment.name))
          registration_token: \(quoted(capsule.token))  # expires \(capsule.expires)

          heartbeat_interval_ms: 30000
          command_poll_interval_ms: 10000

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
    }

    private func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.appendJSONString(text)
        return String(decoding: bytes, as: UTF8.self)
    }
}
