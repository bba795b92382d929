import Foundation
import Glibc
import LogModel
import Logging
import RemoteSink
import Testing

@testable import Agent

struct SinkInputTests {
    private let bench: InputBench
    private var sinks: String { bench.directory.path + "/sinks" }

    init() throws { bench = try InputBench() }

    private func input(_ intake: KeepingIntake) -> SinkInput {
        SinkInput(directory: sinks, intake: intake, refusals: bench.refusals, defaults: bench.defaults)
    }

    private func running(_ intake: KeepingIntake, _ body: (SinkInput) async throws -> Void) async throws {
        let (stop, input) = (StopRequest(), input(intake))
        let task = Task { try await input.run(stop: stop) }
        do { try await body(input) } catch {
            stop.make()
            throw error
        }
        stop.make()
        try await task.value
    }

    private func expect(_ messages: [String]) async throws {
        let found = try await bench.intake.awaitMessages(messages.count)
        #expect(found == messages)
    }

    private func logger(_ sink: RemoteSink) -> Logger { Logger(label: "nav") { sink.handler(label: $0) } }

    @Test func entriesAreTakenOnceAndConfirmed() async throws {
        let sink = try RemoteSink(RemoteSinkOptions(module: "nav", directory: sinks))
        logger(sink).info("one", metadata: ["k": "v"])
        try await running(bench.intake) { _ in
            try await expect(["one"])
            logger(sink).error("two")
            try await expect(["one", "two"])
        }
        let entry = try #require(bench.intake.entries.first)
        #expect(entry.device == "D" && entry.session == "s" && entry.module == "nav" && entry.logger == "nav")
        #expect(entry.context == [Entry.Attribute("k", "v")])
        logger(sink).info("three")
        try await running(bench.intake) { _ in try await expect(["one", "two", "three"]) }
        let confirmed = try #require(SinkTail.confirmed(directory: "\(sinks)/\(sink.name)"))
        #expect(confirmed.offset > 0)
    }

    /// The agent ends after the entries are kept and before it has said so.
    @Test func whatWasNotConfirmedIsNotTakenTwice() async throws {
        let intake = KeepingIntake(syncsAtOnce: false)
        let sink = try RemoteSink(RemoteSinkOptions(module: "nav", directory: sinks))
        for number in 1...100 { logger(sink).info("\(number)") }
        try await running(intake) { _ in _ = try await intake.awaitMessages(100) }
        #expect(SinkTail.confirmed(directory: "\(sinks)/\(sink.name)") == nil)
        logger(sink).info("101")
        try await running(intake) { _ in _ = try await intake.awaitMessages(101) }
        #expect(intake.messages == (1...101).map(String.init))
    }

    @Test func theSinkOfAProcessThatEndedIsRemoved() async throws {
        var sink: RemoteSink? = try RemoteSink(RemoteSinkOptions(module: "nav", directory: sinks))
        let directory = "\(sinks)/\(sink?.name ?? "")"
        if let sink { logger(sink).info("last words") }
        // What a crash leaves of a line.
        try bench.directory.append("sinks/\(sink?.name ?? "")/00000001.log", "0badc0de 2 {\"mess")
        sink = nil
        try await running(bench.intake) { _ in
            try await expect(["last words"])
            let deadline = ContinuousClock.now + .seconds(60)
            while Files.exists(directory), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        #expect(!Files.exists(directory))
        #expect(bench.intake.messages == ["last words"])
    }

    @Test func manySegmentsAreReadAndGivenBack() async throws {
        var options = RemoteSinkOptions(module: "nav", directory: sinks)
        options.byteCountMax = RemoteSinkOptions.byteCountMin
        let sink = try RemoteSink(options)
        let logger = logger(sink)
        try await running(bench.intake) { _ in
            for round in 0..<20 {
                // Each round fills less than the sink has; many rounds fill it many times.
                for number in 0..<100 { logger.info("\(round * 100 + number)") }
                _ = try await bench.intake.awaitMessages((round + 1) * 100)
                try await awaitConfirmation(of: sink)
            }
        }
        #expect(sink.droppedCount == 0)
        #expect(bench.intake.messages == (0..<2_000).map(String.init))
    }

    private func awaitConfirmation(of sink: RemoteSink) async throws {
        let directory = "\(sinks)/\(sink.name)"
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let last = try Files.names(in: directory).compactMap { SinkLayout.segmentNumber($0) }.max() ?? 1
            var status = stat()
            stat("\(directory)/\(SinkLayout.segment(last))", &status)
            if SinkTail.confirmed(directory: directory) == SinkPosition(segment: last, offset: UInt64(status.st_size)) {
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func damageIsCountedAndPassedOver() async throws {
        let sink = try RemoteSink(RemoteSinkOptions(module: "nav", directory: sinks))
        for number in 1...3 { logger(sink).info("\(number)") }
        let path = "\(sinks)/\(sink.name)/00000001.log"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let second = try #require(bytes.firstIndex(of: 0x0a)) + 20
        bytes[second] ^= 1
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.write(contentsOf: bytes)
        try await running(bench.intake) { _ in try await expect(["1", "3"]) }
        #expect(bench.refusals.counts == ["damaged_line": 1])
    }

    @Test func aPublishedMessageOfAKnownSinkIsASignOnly() async throws {
        let sink = try RemoteSink(RemoteSinkOptions(module: "nav", directory: sinks))
        func takes(_ input: SinkInput, _ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { input.takes($0) } }
        try await running(bench.intake) { input in
            #expect(takes(input, #"{"sink":"\#(sink.name)","seq":1,"message":"x"}"#))
            #expect(!takes(input, #"{"sink":"nav-1-ff","seq":1,"message":"from another machine"}"#))
            for other in [#"{"message":"x"}"#, "", #"{"sink":"../x"}"#, #"{"sink":""}"#, #"{"sink":"\#(sink.name)"#] {
                #expect(takes(input, other) == other.hasSuffix(sink.name))
            }
        }
    }
}
