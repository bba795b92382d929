import Foundation
import HTTPTransport
import Testing

/// A server whose cold tier is in S3, and that has not the right keys.
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
