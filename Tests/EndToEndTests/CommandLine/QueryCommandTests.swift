import Foundation
import LogModel
import Testing

/// What `logdb query` says, where, and with which status.
@Suite(.serialized) struct QueryCommandTests {
    private static let lines = """
        {"device":"D-1","time":"2025-01-03T14:00:00Z","level":"INFO","module":"nav","message":"first"}
        {"device":"D-1","time":"2025-01-03T14:00:01Z","level":"WARN","module":"nav","message":"second"}
        {"device":"D-2","time":"2025-01-03T14:00:02.5Z","level":"ERROR","message":"third","context":{"n":"3","a b":"c d"}}

        """

    private static func filled() async throws -> DataDirectory {
        let data = try DataDirectory()
        try await data.ingest("log.ndjson", lines)
        return data
    }

    @Test func tableForAPerson() async throws {
        let data = try await Self.filled()
        let answer = try await data.logdb(["query", "since:2025-01-01"])
        #expect(answer.status == 0)
        #expect(answer.errors == "")
        #expect(
            answer.output == """
                2025-01-03T14:00:02.500Z  ERROR  D-2       third  n=3 a b="c d"
                2025-01-03T14:00:01.000Z  WARN   D-1  nav  second
                2025-01-03T14:00:00.000Z  INFO   D-1  nav  first

                """)
    }

    @Test func wordsAreJoinedAndMayBeNegated() async throws {
        let data = try await Self.filled()
        let answer = try await data.logdb(
            ["query", "since:2025-01-01", "-device:D-2", "-second", "--output", "raw"])
        #expect(answer.output == "first\n")
        #expect(answer.status == 0)
    }

    /// After `--` everything is the query, whatever it begins with.
    @Test func optionsEnd() async throws {
        let data = try await Self.filled()
        func query(_ words: [String]) async throws -> (status: Int32, output: String, errors: String) {
            try await run(
                Binaries.logdb, ["query", "--output", "raw"] + words, in: data.scratch,
                environment: ["LOGDB_DATA": data.path])
        }
        let answer = try await query(["since:2025-01-01", "--", "-device:D-2", "-second"])
        #expect(answer.output == "first\n")
        for words in [["--", "--first", "since:2025-01-01"], ["--first since:2025-01-01"]] {
            let text = try await query(words)
            #expect(text.status == 1)
            #expect(text.errors == "")
        }
        let unknown = try await query(["--first"])
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("after -- it is part of the query"))
    }

    @Test func neighboursAreShown() async throws {
        let data = try await Self.filled()
        for options in [["-A", "1"], ["-A1"], ["-C1", "-B", "0"]] {
            let answer = try await data.logdb(["query", "since:2025-01-01", "first"] + options)
            #expect(
                answer.output == """
                       2025-01-03T14:00:01.000Z  WARN   D-1  nav  second
                    >  2025-01-03T14:00:00.000Z  INFO   D-1  nav  first

                    """, "\(options)")
        }
        let limited = try await data.logdb(
            ["query", "since:2025-01-01", "-B", "1", "--limit", "2", "--output", "ndjson", "--order", "asc"])
        #expect(limited.output.split(separator: "\n").map { $0.contains("\"match\":true") } == [true, true])
        let none = try await data.logdb(["query", "since:2025-01-01", "nothing", "-C", "3"])
        #expect(none.status == 1)
        // A clause that is negated is none of the options.
        let negated = try await data.logdb([
            "query", "since:2025-01-01", "-Battery:*", "-Camera:x", "third", "--output", "raw",
        ])
        #expect(negated.output == "third\n")
    }

    @Test func whatPipesAddIsShown() async throws {
        let data = try await Self.filled()
        let answer = try await data.logdb([
            "query", "since:2025-01-01 third | extract \"th<rest>\"", "--color", "never",
        ])
        #expect(answer.output == "2025-01-03T14:00:02.500Z  ERROR  D-2  third  n=3 a b=\"c d\"  rest=ird\n")
        let counted = try await data.logdb(["query", "since:2025-01-01 | top 1 module", "--output", "csv"])
        #expect(counted.output == "module,count\r\nnav,2\r\n")
    }

    @Test func shellsAreToldWhatThereIs() async throws {
        let data = try DataDirectory()
        for (shell, part) in [("bash", "complete -"), ("zsh", "#compdef logdb"), ("fish", "complete -c")] {
            let answer = try await run(Binaries.logdb, ["completions", shell], in: data.scratch)
            #expect(answer.status == 0)
            #expect(answer.output.contains(part))
            #expect(answer.output.contains("export"))
        }
        #expect(try await run(Binaries.logdb, ["completions", "csh"], in: data.scratch).status == 2)
    }

    @Test func orderAndLimit() async throws {
        let data = try await Self.filled()
        let oldest = try await data.logdb(
            ["query", "since:2025-01-01", "--order", "asc", "--limit", "2", "--output", "raw"])
        #expect(oldest.output == "first\nsecond\n")
        let all = try await data.logdb(["query", "since:2025-01-01", "--limit", "0", "--output", "raw"])
        #expect(all.output == "third\nsecond\nfirst\n")
    }

    @Test func aDefaultLimitThatCutsSaysSo() async throws {
        let data = try DataDirectory()
        try await data.ingest(
            "log.ndjson",
            (0..<101).map {
                "{\"device\":\"D\",\"timestamp_us\":\(1_735_900_000_000_000 + $0),\"message\":\"\($0)\"}\n"
            }
            .joined())
        let cut = try await data.logdb(["query", "since:2025-01-01", "--output", "raw"])
        #expect(cut.output.split(separator: "\n").count == 100)
        #expect(cut.errors.contains("--limit 0 shows all"))
        let chosen = try await data.logdb(["query", "since:2025-01-01", "--output", "raw", "--limit", "100"])
        #expect(chosen.errors == "")
    }

    @Test func tablesOfCounts() async throws {
        let data = try await Self.filled()
        let query = "since:2025-01-01 | stats count() as entries by device | sort device"
        let table = try await data.logdb(["query", query])
        #expect(table.output == "device  entries\n------  -------\nD-1           2\nD-2           1\n")
        let csv = try await data.logdb(["query", query, "--output", "csv"])
        #expect(csv.output == "device,entries\r\nD-1,2\r\nD-2,1\r\n")
        let lines = try await data.logdb(["query", query, "--output", "ndjson"])
        #expect(lines.output == "{\"device\":\"D-1\",\"entries\":2}\n{\"device\":\"D-2\",\"entries\":1}\n")
        let raw = try await data.logdb(["query", query, "--output", "raw"])
        #expect(raw.output == "D-1\t2\nD-2\t1\n")
    }

    @Test func chosenFields() async throws {
        let data = try await Self.filled()
        let answer = try await data.logdb(["query", "since:2025-01-01 | fields message, n", "--output", "ndjson"])
        #expect(
            answer.output == """
                {"message":"third","n":"3"}
                {"message":"second","n":null}
                {"message":"first","n":null}

                """)
    }

    @Test func anErrorUnderlinesItsPlace() async throws {
        let data = try await Self.filled()
        let answer = try await data.logdb(["query", "since:1h level:EROR"])
        #expect(answer.status == 2)
        #expect(answer.output == "")
        let lines = answer.errors.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0].hasPrefix("error: "))
        #expect(lines[1] == "  since:1h level:EROR")
        #expect(lines[2] == "                 ^~~~")
        #expect(lines[3] == "  did you mean ERROR ?")
    }

    @Test func nothingInTheLastHourTellsWhenThereWasSomething() async throws {
        let data = try await Self.filled()
        let answer = try await data.logdb(["query", "third"])
        #expect(answer.status == 1)
        #expect(answer.output == "")
        #expect(answer.errors.contains("2025-01-03T14:00:02.500000Z"))
    }

    @Test func wrongOptionsAreStatusTwo() async throws {
        let data = try await Self.filled()
        for arguments in [
            ["query", "--limt", "4"], ["query", "--limit", "-1"], ["query", "--output", "xml"], ["qery"],
        ] {
            let answer = try await data.logdb(arguments)
            #expect(answer.status == 2, "\(arguments)")
            #expect(answer.output == "")
            #expect(answer.errors.contains("Error"), "\(arguments)")
        }
        for arguments in [["--help"], ["query", "--help"], ["--version"]] {
            let answer = try await run(Binaries.logdb, arguments, in: data.scratch)
            #expect(answer.status == 0)
            #expect(answer.output.contains("logdb"))
            #expect(answer.errors == "")
        }
    }

    @Test func aWrongPlaceIsOneClearLine() async throws {
        let scratch = try ScratchDirectory()
        let nowhere = try await run(Binaries.logdb, ["query", "x"], in: scratch)
        #expect(nowhere.status == 2)
        #expect(nowhere.errors.contains("--server URL") && nowhere.errors.contains("LOGDB_DATA"))
        let missing = try await run(Binaries.logdb, ["query", "x", "--data", scratch.file("none")], in: scratch)
        #expect(missing.status == 2)
        #expect(missing.errors.contains("there is no store"))
        #expect(!FileManager.default.fileExists(atPath: scratch.file("none")))
        let port = try TestServer.freePort()
        let unreachable = try await run(
            Binaries.logdb, ["query", "x"], in: scratch, environment: ["LOGDB_SERVER": "127.0.0.1:\(port)"])
        #expect(unreachable.status == 2)
        #expect(unreachable.errors.contains("cannot reach http://127.0.0.1:\(port)"))
        #expect([nowhere, missing, unreachable].allSatisfy { $0.errors.split(separator: "\n").count == 1 })
    }

    @Test func theEnvironmentNamesThePlace() async throws {
        let data = try await Self.filled()
        let answer = try await run(
            Binaries.logdb, ["query", "since:2025-01-01 first", "--output", "raw"], in: data.scratch,
            environment: ["LOGDB_DATA": data.path])
        #expect(answer.output == "first\n")
    }

    @Test func explainShowsThePlan() async throws {
        let data = try await Self.filled()
        let answer = try await data.logdb(["explain", "level:ERROR since:2025-01-01", "--output", "csv"])
        #expect(answer.status == 0)
        #expect(answer.output.contains("rows_returned,1\r\n"))
    }
}
