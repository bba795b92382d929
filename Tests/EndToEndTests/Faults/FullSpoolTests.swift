import Foundation
import TestSupport
import Testing

/// An agent whose spool's disk is full: what is in the spool still goes out, what cannot be written is told, and it goes on
/// by itself.
@Suite(.serialized, .enabled(if: SmallDisk.isAllowed, "mounting a small disk needs root")) struct FullSpoolTests {
    @Test func whatDoesNotFitIsToldAndTheRestArrivesOnce() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        let disk = try SmallDisk(at: directory.file("spool"), megabytes: 8)
        // The cap is above what the disk has: the disk is what ends.
        let agent = try TestAgent(
            in: directory, server: server.url, upload: "batch_interval_ms: 100, buffer_size: 2000",
            spoolSettings: "fsync_interval_ms: 100, max_bytes: 64000000")
        try agent.start()
        let publisher = try await agent.publisher()
        disk.fill(leaving: 1 << 20)
        let padding = String(repeating: "x", count: 500)
        let count = 10_000
        for number in 0..<count { publisher.send("{\"message\":\"entry \(number). \(padding)\"}") }
        try await agent.waitUntil("the agent has dropped some", every: .milliseconds(100)) {
            let status = try await run(Binaries.agent, ["status", "--config", agent.configuration], in: directory)
            return status.output.contains("ring_full") && status.output.contains("No space left")
        }
        // The disk is as full as before: what is in the spool makes room by going out.
        try await server.start()
        publisher.send("{\"message\":\"the last\"}")
        try await agent.waitUntil("the last entry is stored", every: .milliseconds(100)) {
            try await !server.export("since:1970-01-01 \"the last\"").isEmpty
        }
        disk.free()
        #expect(await agent.stop() == 0, "\(agent.process?.errors ?? "")")
        let rows = try await server.export()
        let entries = rows.filter { $0.message.hasPrefix("entry ") }
        #expect(Set(entries.map(\.message)).count == entries.count)
        let told = rows.reduce(0) { $0 + (Int($1.context?["dropped"] ?? "") ?? 0) }
        #expect(entries.count + told == count)
        #expect(entries.count > 500)
        #expect(await server.stop() == 0)
        withExtendedLifetime(disk) {}
    }
}
