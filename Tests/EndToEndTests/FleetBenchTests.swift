import Testing

struct FleetBenchTests {
    /// Every heartbeat is answered and every command arrives; how fast is no test.
    @Test func aFleetThatWaitsIsHeardAndTold() async throws {
        let directory = try ScratchDirectory()
        let fleet = try await run(
            Binaries.bench,
            [
                "heartbeats", "--server-binary", Binaries.logdb, "--devices", "20", "--interval", "1", "--entries",
                "100",
                "--seconds", "2", "--listed", "500", "--directory", directory.path,
            ], in: directory)
        #expect(fleet.status == 0 || fleet.status == 1, "\(fleet.output)\(fleet.errors)")
        #expect(fleet.output.contains("commands that arrived"))
    }

    /// Every entry is acknowledged and seen by its tail once; how fast is no test.
    @Test func aFleetIsSeenWhole() async throws {
        let directory = try ScratchDirectory()
        let fleet = try await run(
            Binaries.bench,
            [
                "fleet", "--server-binary", Binaries.logdb, "--devices", "20", "--tails", "4", "--seconds", "2",
                "--slow-connections", "5", "--directory", directory.path,
            ], in: directory)
        #expect(fleet.status == 0 || fleet.status == 1, "\(fleet.output)\(fleet.errors)")
        #expect(fleet.output.contains("entries seen by their tail"))
    }
}
