import Foundation
import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

struct StreamRouteTests {
    @Test func entriesComeAsTheyAreStored() async throws {
        let server = try await RunningServer()
        try await server.ingest(line("before"))
        let stream = try await EventReader(server, "query=level:INFO")
        #expect(try await stream.next()?["rows"]?.array.isEmpty == true)
        try await server.ingest(line("one") + line("two"))
        #expect(try await stream.messages(2) == ["one", "two"])
        try await server.store([entry("quiet", .debug), entry("three", at: -1_000_000)])
        #expect(try await stream.messages(1) == ["three"])
    }

    @Test func aTimeClauseReplaysFirst() async throws {
        let server = try await RunningServer()
        for number in 0..<5 { try await server.ingest(line("old \(number)")) }
        let stream = try await EventReader(server, "query=since:2025-01-01")
        #expect(try await stream.messages(5).count == 5)
        try await server.ingest(line("new"))
        #expect(try await stream.messages(1) == ["new"])
    }

    /// Readers that come and go, by the cursor of what they saw last, see every entry once while four senders store.
    @Test func aCursorResumesWithoutAHole() async throws {
        let server = try await RunningServer()
        let total = 400
        let sending = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<4 {
                    group.addTask {
                        for number in 0..<total / 4 {
                            try await server.ingest(line("\(sender)-\(number)", device: "Robot-\(sender)"))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        var seen: [String] = []
        var cursor = "0.0"
        var readerCount = 0
        while seen.count < total {
            let stream = try await EventReader(server, "cursor=\(cursor)")
            readerCount += 1
            var pending: [String] = []
            for _ in 0..<3 {
                guard seen.count + pending.count < total, let frame = try await stream.next() else { break }
                #expect(frame["type"]?.text == "rows")
                pending += frame["rows"]?.array.compactMap { $0["message"]?.text } ?? []
                // What came since the last cursor comes again when the reader goes on from there.
                if let next = frame["cursor"]?.text, next != cursor {
                    cursor = next
                    seen += pending
                    pending = []
                }
            }
            if seen.count + pending.count == total { seen += pending }
        }
        try await sending.value
        #expect(readerCount > 1)
        #expect(seen.count == total && Set(seen).count == total)
    }

    @Test func readersOfOneQuestionShareIt() async throws {
        let server = try await RunningServer()
        var streams: [EventReader] = []
        for number in 0..<40 { streams.append(try await EventReader(server, "query=group-\(number % 2)")) }
        for stream in streams { _ = try await stream.next() }
        #expect(try await server.metric("logdb_live_streams") == 40)
        try await server.ingest(line("group-0") + line("group-1"))
        for (number, stream) in streams.enumerated() {
            #expect(try await stream.messages(1) == ["group-\(number % 2)"])
        }
        streams = []
        try await server.await("logdb_live_streams", 0)
    }

    @Test func whatIsNoStreamIsRefused() async throws {
        var limits = ServerLimits()
        limits.openStreamCountMax = 1
        let server = try await RunningServer(limits: limits)
        let path = "/api/v1/logs/stream"
        let events = ["Accept": "text/event-stream"]
        let plain = try await server.get(path)
        #expect(plain.status == 426 && plain.problem == "upgrade_required" && plain["Upgrade"] == "websocket")
        for (parameters, code) in [
            ("?query=%7C%20stats%20count()", "pipes_in_stream"), ("?cursor=x", "invalid_cursor"),
            ("?query=level:EROR", "unknown_level"), ("?limit=5", "unknown_parameter"),
        ] {
            let answer = try await server.get(path + parameters, headers: events)
            #expect(answer.status == 400, "\(parameters) \(answer.text)")
            #expect(answer.problem == code, "\(answer.text)")
        }
        let foreign = try await server.get(
            path, headers: events.merging(["Origin": "https://evil.example"]) { $1 })
        #expect(foreign.status == 403 && foreign.problem == "foreign_origin")
        let stream = try await EventReader(server, "")
        _ = try await stream.next()
        let full = try await server.get(path, headers: events)
        #expect(full.status == 429 && full.problem == "too_many_streams")
    }

    @Test func aStreamEndsWithItsCredential() async throws {
        let place = try await GuardedServer()
        let viewer = try await place.user(.viewer)
        let stream = try await EventReader(place.server, "", headers: viewer.headers)
        _ = try await stream.next()
        try await place.identities.removeUser("viewer", by: .command)
        let admin = try await place.key("ingest")
        let sent = try await place.send(
            "POST", "/api/v1/logs/ingest", as: admin, json: #"[{"device":"d","message":"late"}]"#)
        #expect(sent.status == 200)
        let last = try await stream.next()
        #expect(last?["type"]?.text == "error" && last?["code"]?.text == "unauthorized")
        #expect(try await stream.next() == nil)
    }

    @Test func aStoppingServerEndsItsStreams() async throws {
        let server = try await RunningServer()
        let stream = try await EventReader(server, "")
        _ = try await stream.next()
        try await server.stop()
        #expect(try await stream.next() == nil)
    }
}

struct LiveSubscriberTests {
    private func piece(_ byteCount: Int) -> LiveSubscriber.Piece {
        .init(rows: [UInt8](repeating: 0x20, count: byteCount), count: 10, end: nil)
    }

    @Test func aSlowReaderHearsWhatItMissed() async {
        let subscriber = LiveSubscriber(start: .init(sequence: 0, segmentFloor: 0))
        let most = LiveSubscriber.waitingByteCountMax
        #expect(subscriber.give(piece(most / 2)))
        #expect(subscriber.give(piece(most / 2)))
        #expect(!subscriber.give(piece(1)))
        // Also once there is room: what is missing stays in its place.
        guard case .rows = await subscriber.next() else {
            Issue.record("rows first")
            return
        }
        #expect(!subscriber.give(piece(1)))
        guard case .rows = await subscriber.next() else {
            Issue.record("rows first")
            return
        }
        guard case .dropped(20) = await subscriber.next() else {
            Issue.record("then what was dropped")
            return
        }
        #expect(subscriber.give(piece(1)))
        guard case .rows = await subscriber.next() else {
            Issue.record("then rows again")
            return
        }
        subscriber.tick()
        guard case .tick = await subscriber.next() else {
            Issue.record("then a tick")
            return
        }
        subscriber.end()
        guard case .end = await subscriber.next() else {
            Issue.record("then the end")
            return
        }
    }
}

/// Reads a stream's frames as Server-Sent Events.
final class EventReader {
    private let transport: HTTPTransport
    private var iterator: HTTPStream.Body.Iterator
    private var rest = ""

    init(_ server: RunningServer, _ query: String, headers: [String: String] = [:]) async throws {
        transport = HTTPTransport()
        let fields = headers.map { HTTPField($0.key, $0.value) } + [HTTPField("Accept", "text/event-stream")]
        let stream = try await transport.stream(
            HTTPCall(url: server.url + "/api/v1/logs/stream?" + query, headers: fields, silenceTimeout: .seconds(120)))
        try #require(stream.status == 200)
        iterator = stream.body.makeAsyncIterator()
    }

    /// The next frame; nil at the end.
    func next() async throws -> JSONValue? {
        while true {
            if let end = rest.range(of: "\n\n") {
                let event = rest[..<end.lowerBound]
                rest = String(rest[end.upperBound...])
                guard let data = event.split(separator: "\n").first(where: { $0.hasPrefix("data: ") }) else { continue }
                return JSONValue(Array(data.dropFirst(6).utf8))
            }
            guard let piece = try await iterator.next() else { return nil }
            rest += String(decoding: piece, as: UTF8.self)
        }
    }

    /// The messages of the next rows, until there are `count`.
    func messages(_ count: Int) async throws -> [String] {
        var messages: [String] = []
        while messages.count < count, let frame = try await next() {
            messages += frame["rows"]?.array.compactMap { $0["message"]?.text } ?? []
        }
        return messages
    }
}
