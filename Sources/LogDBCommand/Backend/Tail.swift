import HTTPTransport
import LogModel

/// Follows a query: a server's live stream, which is taken up again where it broke off.
struct Tail {
    let client: ServerClient
    let text: String

    /// How long the stream may say nothing; the server pings every quarter of a minute.
    private static let silenceTimeout = Duration.seconds(60)
    private static let pause = Duration.milliseconds(500)

    /// Hands out entries as they are stored, oldest first. Does not end by itself.
    func run(_ show: ([AnswerRow]) async throws -> Void) async throws {
        var cursor: String?
        var hasBeenThere = false
        var isAway = false
        while true {
            do {
                try await follow(&cursor) { rows in
                    hasBeenThere = true
                    isAway = false
                    if !rows.isEmpty { try await show(rows) }
                }
            } catch let error as CommandFailure where error.kind == .unreachable && hasBeenThere {
                // It was there before, so it is more likely starting again than gone.
                if !isAway { Terminal.say("\(PlainText.escaped(error.message)); waiting for it\n") }
                isAway = true
            }
            try await Task.sleep(for: Tail.pause)
        }
    }

    /// Reads one stream to its end.
    private func follow(_ cursor: inout String?, _ show: ([AnswerRow]) async throws -> Void) async throws {
        var parameters: [(name: String, value: String)] = [("query", text)]
        if let cursor { parameters.append(("cursor", cursor)) }
        let call = HTTPCall(
            url: client.url + ServerClient.path("/api/v1/logs/stream", parameters),
            headers: [HTTPField("Accept", "text/event-stream")], silenceTimeout: Tail.silenceTimeout)
        do {
            let stream = try await client.transport.stream(call)
            guard stream.status == 200 else {
                let body = try await stream.body.collect(byteCountMax: 1 << 20)
                throw client.failure(stream.status, body, query: text)
            }
            var events = EventLines()
            for try await piece in stream.body {
                for data in events.take(piece) {
                    guard let frame = JSONValue(data) else { continue }
                    switch frame["type"]?.text {
                    case "rows": try await show((frame["rows"]?.elements ?? []).map { AnswerRow($0) })
                    case "dropped":
                        Terminal.say("\(frame["count"]?.integer ?? 0) entries are left out: they came too fast\n")
                    // The next stream goes on behind the last entry of this one.
                    case "error" where frame["code"]?.text == "scope_changed": return
                    case "error":
                        throw CommandFailure(PlainText.escaped(frame["detail"]?.text ?? "the server ended the stream"))
                    default: break
                    }
                    if let next = frame["cursor"]?.text { cursor = next }
                }
            }
        } catch let error as HTTPTransportError {
            throw client.failure(error)
        }
    }
}

/// Finds the data of Server-Sent Events in pieces that are cut anywhere.
struct EventLines {
    private var line: [UInt8] = []
    private static let prefix = Array("data: ".utf8)

    /// The data of each event that has come whole; the server writes one line of data an event.
    mutating func take(_ piece: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for byte in piece {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.starts(with: EventLines.prefix) { found.append(Array(line.dropFirst(EventLines.prefix.count))) }
            line.removeAll(keepingCapacity: true)
        }
        return found
    }
}
