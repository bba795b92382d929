import Foundation
import Testing

@testable import Server

struct DashboardTests {
    /// The dashboard asks for nothing that the server does not tell.
    @Test func itsMetricsAreThere() async throws {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let bytes = try Data(contentsOf: checkout.appendingPathComponent("docs/grafana-dashboard.json"))
        let dashboard = try #require(JSONValue(Array(bytes)))
        let queries = (dashboard["panels"]?.array ?? []).flatMap { $0["targets"]?.array ?? [] }
            .compactMap { $0["expr"]?.text }
        #expect(queries.count > 20)
        let server = try await RunningServer()
        try await server.ingest(line("x"))
        let metrics = try await server.get("/metrics").text
        for query in queries {
            for name in query.matches(of: /logdb_[a-z_]+/) {
                #expect(metrics.contains("# TYPE \(name.output) "), "\(name.output)")
            }
        }
    }
}
