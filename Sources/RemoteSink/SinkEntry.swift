import Glibc
import LogModel
import Logging

/// One entry on its way: a LogMessage as a JSON object.
enum SinkEntry {
    /// Renders an entry on one line.
    static func render(
        _ message: String, level: LogModel.Level, logger: String, context: [(key: String, value: String)],
        _ origin: Origin, into json: inout [UInt8]
    ) {
        json.append(UInt8(ascii: "{"))
        json.append(contentsOf: #""timestamp_us":"#.utf8)
        json.appendInteger(now())
        if !origin.session.isEmpty { append("session_id", origin.session, to: &json) }
        append("module_name", origin.module, to: &json)
        append("process_id", origin.process, to: &json)
        append("thread_id", String(pthread_self(), radix: 16), to: &json)
        append("level", level.name, to: &json)
        append("logger_name", logger, to: &json)
        append("message", message, to: &json)
        if !context.isEmpty {
            json.append(contentsOf: #","context":{"#.utf8)
            for (index, (key, value)) in context.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                json.appendJSONString(key)
                json.append(UInt8(ascii: ":"))
                json.appendJSONString(value)
            }
            json.append(UInt8(ascii: "}"))
        }
        json.append(UInt8(ascii: "}"))
    }

    /// What all entries of a process have.
    struct Origin: Sendable {
        var module: String
        var session: String
        var process: String
    }

    /// The entry as it is published: which sink has it in its file, and under which sequence, comes first.
    static func publication(sink: String, sequence: UInt64, json: ArraySlice<UInt8>) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(json.count + sink.utf8.count + 48)
        body.append(contentsOf: #"{"sink":""#.utf8)
        body.append(contentsOf: sink.utf8)
        body.append(contentsOf: #"","seq":"#.utf8)
        body.appendInteger(sequence)
        body.append(UInt8(ascii: ","))
        body.append(contentsOf: json.dropFirst())
        return body
    }

    /// swift-log's levels as LogDB has them.
    static func level(_ level: Logger.Level) -> LogModel.Level {
        switch level {
        case .trace, .debug: .debug
        case .info, .notice: .info
        case .warning: .warn
        case .error: .error
        case .critical: .fatal
        }
    }

    private static func append(_ name: StaticString, _ value: String, to json: inout [UInt8]) {
        json.append(contentsOf: [UInt8(ascii: ","), UInt8(ascii: "\"")])
        json.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        json.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
        json.appendJSONString(value)
    }

    /// In microseconds since the epoch.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
