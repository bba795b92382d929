import HTTPTypes
import HummingbirdCore
import LogDB
import NIOCore

/// Server-Sent Events (the HTML standard, section 9.2): each frame is an event's data, its cursor the event's id, which
/// browsers send back as `Last-Event-ID` when they come again.
struct EventStream: LiveSession.Carrier {
    static let mediaType = "text/event-stream"
    private(set) var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    mutating func send(_ frame: [UInt8], cursor: LivePosition?) async throws {
        var buffer = ByteBuffer()
        if let cursor { buffer.writeString("id: \(LiveCursor.text(cursor))\n") }
        buffer.writeString("data: ")
        buffer.writeBytes(frame)
        buffer.writeString("\n\n")
        try await writer.write(buffer)
    }

    mutating func ping() async throws { try await writer.write(ByteBuffer(string: ": ping\n\n")) }

    static func answer(_ exchange: Exchange, _ session: LiveSession) -> Response {
        let headers: HTTPFields = [
            .contentType: mediaType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let gate = exchange.services.streams
                try gate.enter(exchange.limits.openStreamCountMax)
                defer { gate.leave() }
                var writer = writer
                try await exchange.whileClientStays {
                    var carrier = EventStream(writer)
                    try await session.run(&carrier)
                    writer = carrier.writer
                }
                try await writer.finish(nil)
            })
    }
}
