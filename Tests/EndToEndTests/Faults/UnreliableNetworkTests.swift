import FaultRun
import Foundation
import TestSupport
import Testing

/// Real agents and a real server, and between them a network that loses batches and answers, and delivers copies out of
/// order: every entry is stored once.
@Suite(.serialized) struct UnreliableNetworkTests {
    private static let batchCount = FaultRun.count(150, long: 1_000_000)
    private static let agentCount = 3
    private static let entryCount = 4

    @Test func everyEntryIsStoredOnce() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start()
        let seed = FaultRun.seed(150)
        let proxy = try UnreliableProxy(to: server.port, seed: seed)
        defer { proxy.stop() }
        let expected = try await withThrowingTaskGroup(of: Set<String>.self) { group in
            for number in 0..<Self.agentCount {
                group.addTask { try await publish(number, through: proxy, to: server) }
            }
            return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
        }
        let rows = try await server.export().filter { !$0.message.hasPrefix("hello") }
        #expect(rows.count == expected.count)
        #expect(Set(rows.map { "\($0.device) \($0.message)" }) == expected)
        for fate in UnreliableProxy.Fate.allCases { #expect(proxy.fates[fate, default: 0] > 0, "\(fate)") }
        #expect(await server.stop() == 0)
        FaultRun.report("R15", proxy.batchCount, "batches", seed: seed)
    }

    /// Has an agent send batches until there were enough, and waits until the server has them.
    private func publish(
        _ number: Int, through proxy: UnreliableProxy, to server: TestServer
    ) async throws -> Set<String> {
        let directory = try ScratchDirectory()
        let device = "Robot-\(number)"
        let agent = try TestAgent(
            in: directory, server: proxy.url, device: device, upload: "batch_size: 2, batch_interval_ms: 20")
        try agent.start()
        let publisher = try await agent.publisher()
        var expected: Set<String> = []
        var count = 0
        while proxy.batchCount < Self.batchCount {
            let before = proxy.batchCount
            for _ in 0..<Self.entryCount {
                publisher.send("{\"message\":\"entry \(count).\"}")
                expected.insert("\(device) entry \(count).")
                count += 1
            }
            try await agent.waitUntil("a batch has gone through", every: .milliseconds(1)) {
                proxy.batchCount > before
            }
        }
        try await agent.waitUntil("the server has everything of \(device)", every: .milliseconds(100)) {
            try await server.export("since:1970-01-01 device:\(device) entry").count >= expected.count
        }
        #expect(await agent.stop() == 0, "\(agent.process?.errors ?? "")")
        return expected
    }
}
