import Foundation
import Testing

/// `logdb admin verify` against a server and on a data directory.
@Suite(.serialized) struct VerifyCommandTests {
    private static func lines(_ count: Int) -> String {
        (0..<count).map {
            #"{"time":"2025-01-03T00:\#(String(format: "%02d", $0 / 60)):\#(String(format: "%02d", $0 % 60))Z","level":"INFO","#
                + #""device":"ROB-1","message":"retry \#($0) of blk_\#($0 * 7_919)"}"#
        }.joined(separator: "\n") + "\n"
    }

    @Test func aSoundStoreIsSoundAndADamagedOneIsNot() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        let file = scratch.file("log.ndjson")
        try Self.lines(1_000).write(toFile: file, atomically: true, encoding: .utf8)
        let ingest = try await run(Binaries.logdb, ["ingest", file, "--server", server.url], in: scratch)
        #expect(ingest.status == 0, "\(ingest.errors)")
        func admin(_ arguments: [String]) async throws -> (status: Int32, output: String, errors: String) {
            try await run(Binaries.logdb, ["admin"] + arguments, in: scratch)
        }
        #expect(try await admin(["compact", "--server", server.url]).status == 0)
        let sound = try await admin(["verify", "--server", server.url])
        #expect(sound.status == 0, "\(sound.errors)")
        #expect(sound.output.hasPrefix("sound: 1000 entries"), "\(sound.output)")
        let data = ["--data", scratch.file("data")]
        let taken = try await admin(["verify"] + data)
        #expect(taken.status == 2)
        #expect(await server.stop() == 0)
        #expect(try await admin(["verify"] + data).status == 0)
        #expect(try await admin(["verify", "--data", scratch.file("nothing")]).status == 2)

        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.file("data"))
            .filter { $0.hasSuffix(".sst") }.map { scratch.file("data/\($0)") }
        let largest = try #require(
            files.max {
                (try? Data(contentsOf: URL(fileURLWithPath: $0)).count) ?? 0
                    < (try? Data(contentsOf: URL(fileURLWithPath: $1)).count) ?? 0
            })
        var bytes = try Data(contentsOf: URL(fileURLWithPath: largest))
        bytes[bytes.count / 3] ^= 4
        try bytes.write(to: URL(fileURLWithPath: largest))
        let damaged = try await admin(["verify"] + data)
        #expect(damaged.status == 1, "\(damaged.output)\(damaged.errors)")
        #expect(damaged.output.contains(largest.split(separator: "/").last!), "\(damaged.output)")

        // One that does not even open.
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: scratch.file("data/CURRENT")))
        let unopened = try await admin(["verify"] + data)
        #expect(unopened.status == 1, "\(unopened.output)\(unopened.errors)")
        #expect(unopened.output.contains("does not open"))
    }
}
