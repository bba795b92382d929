import Foundation
import Glibc
import LogModel
import Testing

@testable import Agent

struct FileInputTests {
    private let bench: InputBench
    private var path: String { bench.directory.path + "/app.log" }

    init() throws { bench = try InputBench() }

    private func settings(_ change: (inout InputSettings) -> Void = { _ in }) -> InputSettings {
        var settings = InputSettings(.file(path))
        change(&settings)
        return settings
    }

    @Test func linesBecomeEntriesOnceOverRestarts() async throws {
        try bench.directory.write(
            "app.log", "2025-01-03 14:32:12 WARN one\n{\"message\":\"two\",\"level\":\"ERROR\"}\nthree")
        try await bench.running(settings { $0.module = "app" }) {
            _ = try await bench.intake.awaitMessages(2)
        }
        try bench.directory.append("app.log", "!\nfour\n")
        try await bench.running(settings { $0.module = "app" }) {
            try await bench.expect(["2025-01-03 14:32:12 WARN one", "two", "three!", "four"])
        }
        let entries = bench.intake.entries
        #expect(entries.map(\.level) == [.warn, .error, .info, .info])
        #expect(entries[0].time.description == "2025-01-03T14:32:12.000000Z" && entries[3].time.microseconds == 7)
        #expect(entries.allSatisfy { $0.device == "D" && $0.session == "s" && $0.module == "app" })
    }

    @Test func aRotatedFileIsReadToItsEnd() async throws {
        try bench.directory.write("app.log", "1\n")
        try await bench.running(settings()) {
            _ = try await bench.intake.awaitMessages(1)
            try bench.directory.append("app.log", "2\n3")
            #expect(rename(path, path + ".1") == 0)
            try bench.directory.write("app.log", "4\n")
            try await bench.expect(["1", "2", "3", "4"])
        }
        // While nobody reads.
        try bench.directory.append("app.log", "5\n")
        #expect(rename(path, path + ".2") == 0)
        try bench.directory.write("app.log", "6\n")
        try await bench.running(settings()) {
            let found = try await bench.intake.awaitMessages(6)
            #expect(found.suffix(2) == ["5", "6"])
        }
    }

    @Test func aTruncatedFileIsReadFromItsBeginning() async throws {
        try bench.directory.write("app.log", "one\ntwo\n")
        try await bench.running(settings()) {
            _ = try await bench.intake.awaitMessages(2)
            try bench.directory.write("app.log", "new\n")
            try await bench.expect(["one", "two", "new"])
        }
    }

    @Test func aTextThatMayGoOnIsReadAgain() async throws {
        try bench.directory.write("app.log", "a\n b\nlast\n")
        let reader = try await FileReader.open(
            path, settings { $0.multiline = .indented }, bench.context, startsAtEnd: false)
        _ = try await reader.read(isLast: false)
        // A crash here: “last” is not handed over, and its place is not passed.
        #expect(bench.intake.messages == ["a\n b"])
        try bench.directory.append("app.log", " more\nend\n")
        try await bench.running(settings { $0.multiline = .indented }) {
            try await bench.expect(["a\n b", "last\n more", "end"])
        }
    }

    @Test func patternsFindFilesThatComeLater() async throws {
        try bench.directory.write("a.log", "1\n")
        try bench.directory.write("skipped.txt", "0\n")
        var settings = InputSettings(.file(bench.directory.path + "/*.log"))
        settings.startsAtEnd = true
        try await bench.running(settings) {
            // What was there before is passed over, what comes later is not: the first that is read says that it is later.
            let deadline = ContinuousClock.now + .seconds(60)
            while bench.intake.entries.isEmpty, ContinuousClock.now < deadline {
                try bench.directory.append("a.log", "2\n")
                try await Task.sleep(for: .milliseconds(20))
            }
            try bench.directory.write("b.log", "3\n")
            while !bench.intake.messages.contains("3"), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(Set(bench.intake.messages) == ["2", "3"])
        }
    }

    @Test func timesHaveTheSourcesZone() async throws {
        try bench.directory.write("app.log", "2025-07-01 12:00:00 a\n2025-07-01 12:00:00Z b\n")
        try await bench.running(settings { $0.zone = SourceZone("+02:00") ?? .utc }) {
            _ = try await bench.intake.awaitMessages(2)
        }
        #expect(bench.intake.entries.map { $0.time.description.prefix(13) } == ["2025-07-01T10", "2025-07-01T12"])
    }

    @Test func whatIsNoEntryIsCounted() async throws {
        try bench.directory.write("app.log", "{\"message\":1,\"level\":\"LOUD\"}\n{broken\ngood\n")
        try await bench.running(settings()) { try await bench.expect(["good"]) }
        #expect(bench.refusals.counts == ["invalid_level": 1, "invalid_json": 1])
    }
}
