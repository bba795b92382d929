import Foundation
import LogModel
import Testing

/// What `logdb ingest` takes, refuses and says.
@Suite(.serialized) struct IngestCommandTests {
    private func line(_ number: Int, _ message: String = "message") -> String {
        "{\"device\":\"D\",\"timestamp_us\":\(1_735_900_000_000_000 + number),\"message\":\"\(message) \(number)\"}\n"
    }

    @Test func badLinesAreNamedAndTheOthersKept() async throws {
        let data = try DataDirectory()
        let text =
            line(1) + "\n" + "{\"device\":\"D\",\"message\":\n" + line(2)
            + "{\"device\":\"D\",\"message\":\"x\",\"level\":\"LOUD\"}\n" + "{\"message\":\"no device\"}\n" + line(3)
        let file = try data.write("log.ndjson", text)
        for expected in ["3 accepted, 0 duplicates, 3 refused", "0 accepted, 3 duplicates, 3 refused"] {
            let answer = try await data.logdb(["ingest", file])
            #expect(answer.status == 2)
            #expect(answer.output.contains(expected))
            for reason in [":3: invalid_json", ":5: invalid_level", ":6: missing_device"] {
                #expect(answer.errors.contains(file + reason), "\(answer.errors)")
            }
        }
        #expect(try await data.entries().map(\.message) == ["message 1", "message 2", "message 3"])
    }

    @Test func aLineThatIsTooLongIsRefusedAlone() async throws {
        let data = try DataDirectory()
        // One that is read whole, and one that is longer than what is read at a time.
        let long = String(repeating: "x", count: 2 << 20)
        let text = line(1) + line(2, long) + line(3) + line(4, long + long + long) + line(5)
        let answer = try await data.logdb(["ingest", try data.write("log.ndjson", text)])
        #expect(answer.status == 2)
        #expect(answer.errors.contains(":2: line_too_long") && answer.errors.contains(":4: line_too_long"))
        #expect(try await data.entries().map(\.message) == ["message 1", "message 3", "message 5"])
    }

    @Test func whatTheStoreRefusesIsNamedByItsLine() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start(["--retention", "1h"])
        let file = scratch.file("log.ndjson")
        let old = "\n\n{\"device\":\"D\",\"message\":\"old\",\"time\":\"2001-01-01T00:00:00Z\"}\n"
        try ("{\"device\":\"D\",\"message\":\"new\"}\n" + old).write(toFile: file, atomically: false, encoding: .utf8)
        let answer = try await run(Binaries.logdb, ["ingest", file, "--server", server.url], in: scratch)
        #expect(answer.status == 2)
        #expect(answer.errors.contains("\(file):4: expired"), "\(answer.errors)")
        #expect(answer.output.contains("1 accepted, 0 duplicates, 1 refused"))
        #expect(await server.stop() == 0)
    }

    @Test func plainText() async throws {
        let data = try DataDirectory()
        let file = try data.write(
            "app.log",
            """
            2025-01-03 14:00:00 ERROR it broke
              at somewhere()

            2025-01-03T14:00:05Z [warn] again\r
            """)
        let nameless = try await data.logdb(["ingest", file])
        #expect(nameless.status == 2)
        #expect(nameless.errors.contains("--device"))
        let options = ["--device", "R-7", "--session", "s1", "--module", "app"]
        #expect(try await data.logdb(["ingest", file] + options).status == 0)
        let entries = try await data.entries()
        #expect(entries.map(\.level) == [.error, .info, .warn])
        #expect(entries.map(\.message)[1] == "  at somewhere()")
        // A line without a time belongs to the one before it.
        #expect(entries[0].time == entries[1].time)
        #expect(entries.allSatisfy { $0.device == "R-7" && $0.session == "s1" && $0.module == "app" })
        let again = try await data.logdb(["ingest", file] + options)
        #expect(again.output.contains("nothing new, all 3 entries"))
    }

    @Test func defaultsApplyToEntriesThatNameNone() async throws {
        let data = try DataDirectory()
        try await data.ingest(
            "log.ndjson",
            """
            {"message":"a","time":"2025-01-03T14:00:00Z"}
            {"message":"b","time":"2025-01-03T14:00:01Z","device":"own","session":"mine","module":"x"}
            """, ["--device", "D", "--session", "S", "--module", "M"])
        let entries = try await data.entries()
        #expect(entries.map(\.device) == ["D", "own"])
        #expect(entries.map(\.session) == ["S", "mine"])
        #expect(entries.map(\.module) == ["M", "x"])
    }

    @Test func standardInputIsStoredEachTime() async throws {
        let data = try DataDirectory()
        let file = try data.write("input", line(1) + line(2))
        for arguments in [["ingest", "-"], ["ingest"]] {
            let answer = try await data.logdb(arguments, input: file)
            #expect(answer.status == 0)
            #expect(answer.output.hasPrefix("standard input: 2 accepted"))
        }
        #expect(try await data.entries().count == 4)
    }

    @Test func anEntryWithoutATimeIsOfNow() async throws {
        let data = try DataDirectory()
        let file = try data.write("log.ndjson", "{\"device\":\"D\",\"message\":\"just now\"}\n")
        #expect(try await data.logdb(["ingest", file]).status == 0)
        #expect(try await data.logdb(["query", "just", "--output", "raw"]).output == "just now\n")
        // The same file has the same entry, though its time would be another one now.
        #expect(try await data.logdb(["ingest", file]).output.contains("nothing new"))
        // A copy of it elsewhere is another file, since nothing in it says otherwise.
        let copy = try data.write("copy.ndjson", "{\"device\":\"D\",\"message\":\"just now\"}\n")
        #expect(try await data.logdb(["ingest", copy]).output.contains("1 accepted"))
        #expect(try await data.entries().count == 2)
    }

    @Test func aFileIsKnownAgainUnderAnotherNameAndBatchSize() async throws {
        let data = try DataDirectory()
        let text = (1...700).map { line($0) }.joined()
        try await data.ingest("log.ndjson", text, ["--batch-size", "64"])
        let other = try await data.logdb(["ingest", try data.write("log.ndjson.1", text), "--batch-size", "1000"])
        #expect(other.output.contains("nothing new, all 700 entries"))
        let again = try await data.logdb(["ingest", data.scratch.file("log.ndjson.1"), "--again"])
        #expect(again.output.contains("700 accepted"))
        #expect(try await data.entries().count == 1_400)
    }

    @Test func filesThatBeginAlikeAreToldApart() async throws {
        let data = try DataDirectory()
        let beginning = (1...100).map { line($0) }.joined()
        try await data.ingest("a.ndjson", beginning + (101...300).map { line($0, "a") }.joined())
        try await data.ingest("b.ndjson", beginning + (101...250).map { line($0, "b") }.joined())
        let messages = try await data.entries().map(\.message)
        #expect(messages.count { $0.hasPrefix("a ") } == 200)
        #expect(messages.count { $0.hasPrefix("b ") } == 150)
        let again = try await data.logdb(["ingest", data.scratch.file("b.ndjson"), data.scratch.file("a.ndjson")])
        #expect(again.output.contains("in all: nothing new"))
        #expect(again.status == 0)
    }

    @Test func whatCannotBeReadDoesNotStopTheOthers() async throws {
        let data = try DataDirectory()
        let good = try data.write("good.ndjson", line(1))
        let empty = try data.write("empty.ndjson", "")
        let answer = try await data.logdb(["ingest", data.scratch.file("none"), data.scratch.path, empty, good])
        #expect(answer.status == 2)
        #expect(answer.errors.contains("none: No such file"))
        #expect(answer.errors.contains("is a directory"))
        #expect(answer.output.contains("good.ndjson: 1 accepted"))
    }

    @Test func aServerThatIsNotThereIsSaidOnce() async throws {
        let data = try DataDirectory()
        let files = try (1...3).map { try data.write("\($0).ndjson", line($0)) }
        let port = try TestServer.freePort()
        let answer = try await run(
            Binaries.logdb, ["ingest", "--server", "http://127.0.0.1:\(port)"] + files, in: data.scratch)
        #expect(answer.status == 2)
        #expect(answer.errors.split(separator: "\n").count == 1)
        #expect(answer.errors.contains("cannot reach"))
    }

    @Test func aServerAndItsDirectoryKnowTheSameFiles() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        let file = scratch.file("log.ndjson")
        let entries = SampleEntries.make(900, seed: 22, start: QueryCase.start)
        try SampleEntries.lines(entries).write(toFile: file, atomically: true, encoding: .utf8)
        let first = try await run(Binaries.logdb, ["ingest", file, "--server", server.url], in: scratch)
        #expect(first.output.contains("900 accepted"), "\(first.errors)")
        #expect(await server.stop() == 0)
        let second = try await run(Binaries.logdb, ["ingest", file, "--data", scratch.file("data")], in: scratch)
        #expect(second.output.contains("nothing new, all 900 entries"), "\(second.output)\(second.errors)")
    }

    /// A pipe that has nothing for now is left at once.
    @Test(arguments: [[], ["--again"]]) func aSignalEndsTheWaitForAPipe(_ options: [String]) async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let ingest = try ChildProcess(
            Binaries.logdb, ["ingest", pipe, "--server", server.url] + options, output: scratch.file("ingest"))
        let writer = try await Task.detached { try FileHandle(forWritingTo: URL(fileURLWithPath: pipe)) }.value
        // The line that has not ended is not stored.
        try writer.write(contentsOf: Data((line(1) + line(2) + "{\"device\":").utf8))
        let deadline = ContinuousClock.now + .seconds(60)
        while try await server.export().count < 2, ingest.isRunning, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        ingest.interrupt()
        #expect(await ingest.wait() == 128 + SIGINT)
        #expect(ingest.output.contains("2 accepted"))
        let hint = options.isEmpty ? "not known again" : "once more, from the beginning"
        #expect(ingest.errors.contains(hint), "\(ingest.errors)")
        #expect(try await server.export().count == 2)
        try writer.close()
        #expect(await server.stop() == 0)
    }
}
