import HTTPTransport
import LogModel
import Synchronization
import Testing

@testable import Server

/// A clock that a test moves.
final class TestClock: Sendable {
    private let microseconds: Atomic<Int64>

    init() { microseconds = Atomic(Timestamp.now.microseconds) }

    var now: Timestamp { Timestamp(microseconds: microseconds.load(ordering: .relaxed)) }

    func advance(microseconds count: Int64) { microseconds.add(count, ordering: .relaxed) }
    func advance(seconds: Double) { microseconds.add(Int64(seconds * 1_000_000), ordering: .relaxed) }
}

/// What a device has before it registers.
struct DeviceKey {
    let key = PrivateKey.generate()

    /// A certificate request, in PEM.
    var request: String { String(decoding: CertificateRequest.make(key), as: UTF8.self) }
}

extension EncryptedServer {
    /// The token of a new capsule.
    func capsule(_ dsn: String, type: String = "drone", environment: String = "testing") async throws -> String {
        let answer = try await send(
            "POST", "/api/v1/capsules/generate",
            json: #"{"dsn":"\#(dsn)","type":"\#(type)","environment":"\#(environment)"}"#,
            headers: ["Accept": "application/json"])
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["registration_token"]?.text)
    }

    func register(_ dsn: String, _ token: String, _ key: DeviceKey, info: String = "{}") async throws -> Answer {
        let body =
            #"{"dsn":"\#(dsn)","registration_token":"\#(token)","device_info":\#(info),"csr":"#
            + quoted(key.request) + "}"
        return try await send("POST", "/api/v1/fleet/register", json: body, on: client())
    }

    /// A device that registered: a client that shows its certificate.
    func registered(_ dsn: String) async throws -> HTTPTransport {
        let key = DeviceKey()
        let answer = try await register(dsn, try await capsule(dsn), key)
        try #require(answer.status == 201, "\(answer.text)")
        return try client(showing: answer, key)
    }

    func client(showing answer: Answer, _ key: DeviceKey) throws -> HTTPTransport {
        let pem = try #require(answer.json["certificate"]?.text)
        return try client(try #require(Certificate(pem: Array(pem.utf8))), key.key)
    }
}

func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendJSONString(text)
    return String(decoding: bytes, as: UTF8.self)
}
