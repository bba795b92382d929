import Foundation
import HTTPTransport
import Testing

/// `make demo`, with the binaries that are there. Asked for with LOGDB_TEST_DEMO=1, since it listens on a port and runs
/// eight processes.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LOGDB_TEST_DEMO"] == "1")) struct DemoTests {
    @Test func showsAnswersAndLeavesNothingRunning() async throws {
        let directory = try ScratchDirectory()
        let port = try TestServer.freePort()
        let demo = try await run(
            "\(Binaries.checkout)/Scripts/demo", ["--once"], in: directory,
            environment: [
                "LOGDB_DEMO_BIN": Binaries.directory, "LOGDB_DEMO_DIR": directory.file("demo"),
                "LOGDB_DEMO_PORT": String(port), "LOGDB_DEMO_ONCE": "1",
            ])
        #expect(demo.status == 0, "\(demo.output)\(demo.errors)")
        for text in ["GPS signal weak", "Obstacle detection timeout", "navigation", "nav_mission_42"] {
            #expect(demo.output.contains(text), "\(text) is missing in:\n\(demo.output)")
        }
        await #expect(throws: HTTPTransportError.self) {
            try await HTTPTransport().send(HTTPCall(url: "http://127.0.0.1:\(port)/ready", timeout: .seconds(5)))
        }
    }
}
