import Yams

/// What a device is handed before it is registered: who it is to be, where its server is, whom to trust there, and the
/// token for one registration. YAML, as `POST /api/v1/capsules/generate` makes it.
public struct CapsuleManifest: Sendable, Hashable {
    /// The device's serial number.
    public var dsn: String
    public var type: String
    public var environment: String
    /// The server's base URL, without a slash at the end.
    public var server: String
    public var registrationToken: String
    /// The authority that the server's certificate has to be of, in PEM; empty where the system's authorities count.
    public var authorityPEM: String
    /// The name of the composition of modules; empty without.
    public var composition: String

    /// More is no capsule.
    static let byteCountMax = 1 << 20

    private struct Document: Decodable {
        struct Device: Decodable {
            var dsn: String?
            var type: String?
            var environment: String?
        }
        struct Fleet: Decodable {
            var backend_url: String?
            var registration_token: String?
        }
        struct IoT: Decodable { var ca_certificate: String? }
        struct Composition: Decodable { var name: String? }

        var device: Device?
        var fleet: Fleet?
        var iot: IoT?
        var composition: Composition?
    }

    /// Reads a manifest; what it has besides is passed over.
    ///
    /// - Parameter path: Where it is from, for messages.
    /// - Throws: `AgentError` `.invalidArgument` that names what is missing.
    public init(_ yaml: [UInt8], path: String) throws(AgentError) {
        func refusal(_ detail: String) -> AgentError {
            AgentError(.invalidArgument, "\(path) is no capsule manifest: \(detail); have a new capsule made")
        }
        guard yaml.count <= CapsuleManifest.byteCountMax else { throw refusal("it has \(yaml.count) bytes") }
        let document: Document
        do {
            document = try YAMLDecoder().decode(Document.self, from: String(decoding: yaml, as: UTF8.self))
        } catch { throw refusal("\(error)") }
        func require(_ name: String, _ text: String?) throws(AgentError) -> String {
            guard let text, !text.isEmpty else { throw refusal("\(name) is missing") }
            return text
        }
        dsn = try require("device.dsn", document.device?.dsn)
        type = document.device?.type ?? "other"
        environment = document.device?.environment ?? "testing"
        server = ServerURL.trimmed(try require("fleet.backend_url", document.fleet?.backend_url))
        registrationToken = try require("fleet.registration_token", document.fleet?.registration_token)
        authorityPEM = document.iot?.ca_certificate ?? ""
        composition = document.composition?.name ?? ""
    }

    /// Reads the manifest of a file.
    ///
    /// - Throws: `AgentError` `.io`, `.invalidArgument`.
    public static func read(_ path: String) throws(AgentError) -> CapsuleManifest {
        try CapsuleManifest(try Files.read(path), path: path)
    }
}

/// The addresses of servers.
enum ServerURL {
    static func trimmed(_ url: String) -> String {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }

    /// Refuses what would send secrets in the clear over a network.
    ///
    /// - Throws: `AgentError` `.unusableServer`.
    static func checkPrivate(_ url: String) throws(AgentError) {
        if url.hasPrefix("https://") || isLoopback(url) { return }
        throw AgentError(
            .unusableServer,
            "“\(url)” is not an https:// address; plain http:// is for a server on this machine only")
    }

    /// Whether what is sent there stays on this machine.
    static func isLoopback(_ url: String) -> Bool {
        guard url.hasPrefix("http://") else { return false }
        let rest = url.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { return false }
        let host =
            authority.hasPrefix("[") ? authority.prefix { $0 != "]" }.dropFirst() : authority.prefix { $0 != ":" }
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
