import Foundation
import LogModel
import Logging
import Testing

@testable import RemoteSink

struct RemoteSinkTests {
    private let directory: SinkDirectory

    init() throws { directory = try SinkDirectory() }

    private func sink(_ change: (inout RemoteSinkOptions) -> Void = { _ in }) throws -> RemoteSink {
        var options = RemoteSinkOptions(module: "nav", directory: directory.path)
        change(&options)
        return try RemoteSink(options)
    }

    private func logger(_ sink: RemoteSink) -> Logger {
        Logger(label: "nav.gps") { sink.handler(label: $0) }
    }

    @Test func anEntryHasWhatTheModuleSaid() throws {
        let sink = try sink { $0.session = "nav_42" }
        var logger = logger(sink)
        logger[metadataKey: "unit"] = "left"
        logger.warning("GPS \"weak\"\n", metadata: ["satellites": "3", "list": ["a", "b"]])
        logger.debug("not at this level")
        let entry = try #require(try directory.entries(sink.name).first).entry
        #expect(entry["message"] as? String == "GPS \"weak\"\n")
        #expect(entry["level"] as? String == "WARN")
        #expect(entry["module_name"] as? String == "nav" && entry["logger_name"] as? String == "nav.gps")
        #expect(entry["session_id"] as? String == "nav_42")
        #expect(entry["process_id"] as? String == String(getpid()))
        #expect((entry["thread_id"] as? String)?.isEmpty == false)
        let context = try #require(entry["context"] as? [String: String])
        #expect(context == ["satellites": "3", "list": "[\"a\", \"b\"]", "unit": "left"])
        let time = try #require(entry["timestamp_us"] as? Int64)
        #expect(abs(Double(time) / 1e6 - Date().timeIntervalSince1970) < 3_600)
        #expect(try directory.entries(sink.name).count == 1)
    }

    @Test func manyThreadsLogEachEntryOnce() async throws {
        let sink = try sink()
        let logger = logger(sink)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { for number in 0..<500 { logger.info("\(task)/\(number)") } }
            }
        }
        let entries = try directory.entries(sink.name)
        #expect(entries.map(\.sequence) == Array(1...4_000))
        #expect(Set(entries.compactMap { $0.entry["message"] as? String }).count == 4_000)
        #expect(sink.droppedCount == 0)
    }

    @Test func whatIsConfirmedMakesRoomAndWhatFindsNoneIsCounted() throws {
        let sink = try sink { $0.byteCountMax = RemoteSinkOptions.byteCountMin }
        let logger = logger(sink)
        let text = String(repeating: "x", count: 200)
        for _ in 0..<1_000 { logger.error("\(text)") }
        // What tells of drops may be shorter than an entry, and find room where that did not.
        let kept = try directory.entries(sink.name).count { $0.entry["level"] as? String == "ERROR" }
        #expect(kept > 50 && kept + sink.droppedCount == 1_000)
        let byteCount = try directory.segments(sink.name).reduce(0) {
            try $0 + Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/\(sink.name)/\($1)")).count
        }
        #expect(byteCount <= RemoteSinkOptions.byteCountMin)
        // The agent has all of it: there is room, and the stream itself tells of the gap.
        let last = try #require(directory.segments(sink.name).last.flatMap { SinkLayout.segmentNumber($0) })
        try directory.confirm(sink.name, SinkPosition(segment: last, offset: 0))
        let dropped = sink.droppedCount
        logger.info("after")
        let entries = try directory.entries(sink.name)
        let told = entries.filter { $0.entry["level"] as? String == "WARN" }
        #expect(entries.dropLast().last?.sequence == told.last?.sequence)
        let counts = told.compactMap {
            ($0.entry["context"] as? [String: String])?["dropped_ERROR"].flatMap { Int($0) }
        }
        #expect(counts.count == told.count && counts.reduce(0, +) == dropped)
        #expect(entries.last?.entry["message"] as? String == "after")
        #expect(entries.last?.sequence == UInt64(kept + told.count + 1))
        #expect(sink.droppedCount == dropped)
    }

    @Test func theAgentSetsTheLevel() throws {
        #expect(SinkLevels.level(of: "nav", in: "* ERROR\nnav DEBUG\n") == .trace)
        #expect(SinkLevels.level(of: "nav", in: "* ERROR\nother DEBUG\n") == .error)
        #expect(SinkLevels.level(of: "nav", in: "other DEBUG\nnav\nnav LOUD\n") == nil)
        try "nav DEBUG\n".write(toFile: directory.path + "/levels", atomically: true, encoding: .utf8)
        let sink = try sink()
        #expect(logger(sink).logLevel == .trace)
        logger(sink).debug("seen")
        #expect(try directory.entries(sink.name).count == 1)
    }

    @Test func aDirectoryThatCannotBeMadeIsSaid() throws {
        try "".write(toFile: directory.path + "/file", atomically: true, encoding: .utf8)
        let options = RemoteSinkOptions(module: "nav", directory: directory.path + "/file/sinks")
        #expect(throws: RemoteSinkError.self) { try RemoteSink(options) }
        var bad = RemoteSinkOptions(module: "nav", directory: directory.path)
        bad.endpoint = "nowhere"
        #expect(throws: RemoteSinkError.self) { try RemoteSink(bad) }
    }
}
