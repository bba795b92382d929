import Foundation
import Testing

struct SoakBenchTests {
    /// A server that is killed now and then has all that it acknowledged, and the picture is drawn; how flat is no test.
    @Test func whatWasAcknowledgedIsCounted() async throws {
        let directory = try ScratchDirectory()
        let picture = directory.file("soak.svg")
        let soak = try await run(
            Binaries.bench,
            [
                "soak", "--server-binary", Binaries.logdb, "--minutes", "0.2", "--rate", "2000", "--kill-seconds", "1",
                "--sample-seconds", "1", "--svg", picture, "--directory", directory.path,
            ], in: directory)
        #expect(soak.status == 0 || soak.status == 1, "\(soak.output)\(soak.errors)")
        #expect(soak.output.contains(/entries missing, twice or unknown +0/), "\(soak.output)")
        #expect(try String(contentsOfFile: picture, encoding: .utf8).contains("<polyline"))
    }
}
