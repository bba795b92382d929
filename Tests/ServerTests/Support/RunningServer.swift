import Foundation
import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// A server on a port of its own, on a fresh directory or one that is given.
final class RunningServer: Sendable {
    let server: LogServer
    let url: String
    let port: UInt16
    let directory: ScratchDirectory
    let transport = HTTPTransport()
    private let run: Task<Void, any Error>

    init(
        in directory: ScratchDirectory? = nil, limits: ServerLimits = ServerLimits(), options: Options = Options(),
        authentication: ServerConfiguration.Authentication = .none, rates: RateLimits = RateLimits(),
        scrubRules: [ScrubRule] = []
    ) async throws {
        let directory = try directory ?? ScratchDirectory()
        self.directory = directory
        var configuration = ServerConfiguration(
            dataDirectory: directory.path, port: 0, authentication: authentication, storeOptions: options,
            limits: limits,
            stopsOnSignals: false)
        configuration.host = "127.0.0.1"
        configuration.rates = rates
        configuration.scrubRules = scrubRules
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = try await LogServer(configuration: configuration) { port in
            continuation.yield(port)
            continuation.finish()
        }
        self.server = server
        run = Task {
            defer { continuation.finish() }
            try await server.run()
        }
        var port = 0
        for await ready in ports { port = ready }
        guard port > 0 else {
            try await run.value
            throw Stuck("the server ended before it was ready")
        }
        self.port = UInt16(port)
        url = "http://127.0.0.1:\(port)"
    }

    deinit { ServerEnd.stop(server, run, in: directory) }

    /// Stops the server and waits for its end.
    func stop() async throws {
        await server.stop()
        try await run.value
    }

    // MARK: Requests

    func send(
        _ method: String = "GET", _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> Answer {
        let reply = try await transport.send(
            HTTPCall(
                method: method, url: url + path, headers: headers.map { HTTPField($0.key, $0.value) }, body: body,
                timeout: .seconds(300)))
        return Answer(reply)
    }

    /// Ingests NDJSON.
    @discardableResult
    func ingest(
        _ text: String, headers: [String: String] = [:], type: String = "application/x-ndjson"
    ) async throws -> Answer {
        try await ingest(Array(text.utf8), headers: headers, type: type)
    }

    @discardableResult
    func ingest(
        _ body: [UInt8], headers: [String: String] = [:], type: String = "application/x-ndjson"
    ) async throws -> Answer {
        var headers = headers
        headers["Content-Type"] = type
        return try await send("POST", "/api/v1/logs/ingest", headers: headers, body: body)
    }

    /// Ingests entries and expects all of them to be taken.
    func store(_ entries: [Entry]) async throws {
        var compressor = ZstdCompressor()
        let frame = BatchFrame.encode(Batch(entries), level: 1, using: &compressor)
        let answer = try await ingest(frame, type: BatchFrame.mediaType)
        try #require(answer.status == 200)
        try #require(answer.json["accepted"]?.int == entries.count)
    }

    /// `GET /api/v1/logs` with these parameters.
    func search(_ query: String, _ parameters: KeyValuePairs<String, String> = [:]) async throws -> Answer {
        try await get("/api/v1/logs", query, parameters)
    }

    func get(
        _ path: String, _ query: String? = nil, _ parameters: KeyValuePairs<String, String> = [:],
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var parts = parameters.map { "\($0.key)=\(escaped($0.value))" }
        if let query { parts.append("query=\(escaped(query))") }
        return try await send("GET", parts.isEmpty ? path : path + "?" + parts.joined(separator: "&"), headers: headers)
    }

    /// The messages that a query over all time finds, in the answer's order.
    func messages(_ query: String = "since:1970-01-01") async throws -> [String] {
        let answer = try await search(query, ["limit": "10000"])
        return answer.json["rows"]?.array.map { $0["message"]?.text ?? "" } ?? []
    }

    /// The value of a metric without labels.
    func metric(_ name: String) async throws -> Double? {
        let text = try await get("/metrics").text
        return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.flatMap {
            Double($0.dropFirst(name.count + 1))
        }
    }

    /// Asks for a metric until it has a value.
    func await(_ name: String, _ value: Double) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while try await metric(name) != value {
            guard ContinuousClock.now < deadline else { throw Stuck("\(name) does not become \(value)") }
            await Task.yield()
        }
    }
}

/// A whole answer, read as what it is.
struct Answer {
    let reply: HTTPReply

    init(_ reply: HTTPReply) { self.reply = reply }

    var status: Int { reply.status }
    var text: String { String(decoding: reply.body, as: UTF8.self) }
    var json: JSONValue { JSONValue(reply.body) ?? .null }
    /// NDJSON.
    var lines: [JSONValue] { text.split(separator: "\n").compactMap { JSONValue(Array($0.utf8)) } }
    subscript(_ header: String) -> String? { reply.head[header] }

    /// The `code` of a problem, when the answer is one.
    var problem: String? {
        guard self["Content-Type"] == "application/problem+json", json["status"]?.int == status,
            json["type"]?.text != nil, json["title"]?.text != nil, json["detail"]?.text != nil,
            json["request_id"]?.text?.isEmpty == false, case .array? = json["errors"], case .flag? = json["retryable"]
        else { return nil }
        return json["code"]?.text
    }
}

func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
}

struct Stuck: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
