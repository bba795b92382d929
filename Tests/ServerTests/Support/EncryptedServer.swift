import Foundation
import HTTPTransport
import LogModel

@testable import Server

/// A server with both listeners encrypted, and clients that trust it.
final class EncryptedServer: Sendable {
    let directory: ScratchDirectory
    let authority: CertificateAuthority
    let authorityFile: String
    let port: Int
    let devicePort: Int
    let adminKey: String
    let server: LogServer
    private let run: Task<Void, any Error>

    var deviceURL: String { "https://localhost:\(devicePort)" }

    /// - Parameters:
    ///   - clock: What time it is for devices.
    ///   - monotonicClock: By which their silence is measured; nil: by the same.
    init(
        in given: ScratchDirectory? = nil, clock: @escaping @Sendable () -> Timestamp = { .now },
        monotonicClock: (@Sendable () -> Int64)? = nil
    ) async throws {
        directory = try given ?? ScratchDirectory()
        var configuration = ServerConfiguration(
            dataDirectory: directory.path + "/data", port: 0, authentication: .required, stopsOnSignals: false)
        configuration.tls = .automatic
        configuration.deviceListener = ("127.0.0.1", 0)
        configuration.clock = clock
        configuration.monotonicClock = monotonicClock ?? { clock().microseconds }
        let (ports, ready) = AsyncStream.makeStream(of: (isDevice: Bool, port: Int).self)
        let server = try await LogServer(
            configuration: configuration, onReady: { ready.yield((false, $0)) },
            onDeviceListenerReady: { ready.yield((true, $0)) })
        self.server = server
        run = Task { try await server.run() }
        var found: [Bool: Int] = [:]
        for await (isDevice, port) in ports {
            found[isDevice] = port
            if found.count == 2 { break }
        }
        port = found[false] ?? 0
        devicePort = found[true] ?? 0
        authority = try CertificateAuthority.loadOrMake(configuration.dataDirectory)
        authorityFile = directory.path + "/ca.pem"
        try Data(authority.certificatePEM).write(to: URL(fileURLWithPath: authorityFile))
        adminKey = try await server.services.identities.addAPIKey(
            "all \(UUID())".replacing(" ", with: "-"), scopes: ["query", "ingest", "operate", "admin"], by: .command
        ).text
    }

    deinit { ServerEnd.stop(server, run, in: directory) }

    /// Stops the server and waits for its end.
    func stop() async throws {
        await server.stop()
        try await run.value
    }

    func client() -> HTTPTransport {
        var settings = HTTPTransport.Settings()
        settings.tls.authoritiesFile = authorityFile
        return HTTPTransport(settings: settings)
    }

    /// A request on the main listener, as an administrator, or on the device listener.
    func send(
        _ method: String = "GET", _ path: String, json: String? = nil, on client: HTTPTransport? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var fields = headers.map { HTTPField($0.key, $0.value) }
        if client == nil { fields.append(HTTPField("X-API-Key", adminKey)) }
        if json != nil { fields.append(HTTPField("Content-Type", "application/json")) }
        let base = client == nil ? "https://localhost:\(port)" : deviceURL
        let call = HTTPCall(
            method: method, url: base + path, headers: fields, body: Array((json ?? "").utf8), timeout: .seconds(300))
        return Answer(try await (client ?? self.client()).send(call))
    }

    func client(device: String) throws -> HTTPTransport {
        let key = PrivateKey.generate()
        return try client(try authority.makeDeviceCertificate(.key(key), device: device, seconds: 600), key)
    }

    func client(_ certificate: Certificate, _ key: PrivateKey) throws -> HTTPTransport {
        var settings = HTTPTransport.Settings()
        settings.tls.authoritiesFile = authorityFile
        let base = directory.path + "/client-\(UUID())"
        try Data(certificate.pem).write(to: URL(fileURLWithPath: base + ".crt"))
        try Data(key.pem).write(to: URL(fileURLWithPath: base + ".key"))
        settings.tls.certificateFile = base + ".crt"
        settings.tls.keyFile = base + ".key"
        return HTTPTransport(settings: settings)
    }
}
