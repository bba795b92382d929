import Foundation
import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

@Suite struct LogServerTests {
    @Test(arguments: ["0.0.0.0", "::", "192.168.1.5", "example.org", "127.0.0.1.example.org", "1270.0.0.1", ""])
    func withoutAuthenticationOnlyLoopbackIsServed(_ host: String) async throws {
        let directory = try ScratchDirectory()
        let error = await #expect(throws: ServerError.self) {
            try await LogServer(
                configuration: ServerConfiguration(dataDirectory: directory.path, host: host, authentication: .none))
        }
        #expect(error?.code == .notLoopback)
        #expect(error?.message.contains("loopback") == true)
    }

    @Test func loopbackHasSeveralNames() {
        for host in ["127.0.0.1", "127.5.0.200", "::1", "localhost"] {
            #expect(ServerConfiguration.isLoopback(host))
        }
    }

    @Test func aPortThatIsTakenIsToldAndTheStoreReleased() async throws {
        let first = try await RunningServer()
        let directory = try ScratchDirectory()
        let server = try await LogServer(
            configuration: ServerConfiguration(
                dataDirectory: directory.path, port: Int(first.port), authentication: .none, stopsOnSignals: false))
        let error = await #expect(throws: ServerError.self) { try await server.run() }
        #expect(error?.code == .cannotListen)
        let store = try await LogStore.open(at: directory.path)
        await store.close()
    }

    @Test func aDirectoryIsServedOnce() async throws {
        let first = try await RunningServer()
        let error = await #expect(throws: LogError.self) {
            try await LogServer(
                configuration: ServerConfiguration(dataDirectory: first.directory.path, authentication: .none))
        }
        #expect(error?.code == .locked)
    }

    @Test func stoppingKeepsWhatWasAcknowledged() async throws {
        let directory = try ScratchDirectory()
        let server = try await RunningServer(in: directory)
        let acknowledged = await withTaskGroup(of: Int.self) { group in
            for sender in 0..<4 {
                group.addTask {
                    var count = 0
                    for number in 0..<10_000 {
                        let answer = try? await server.ingest(line("\(sender)-\(number)"))
                        guard answer?.status == 200 else { break }
                        count += 1
                        if sender == 0, count == 20 { await server.server.stop() }
                    }
                    return count
                }
            }
            return await group.reduce(0, +)
        }
        try await server.stop()
        #expect(acknowledged >= 20)
        let store = try await LogStore.open(at: directory.path)
        let count = try await store.aggregate(AggregateRequest()).groups[0].count
        await store.close()
        // A request whose answer was lost may have been stored.
        #expect(count >= UInt64(acknowledged))
        #expect(count <= UInt64(acknowledged) + 4)
    }

    @Test func requestsUnderWayAreFinished() async throws {
        var limits = ServerLimits()
        limits.stopTime = .seconds(600)
        let server = try await RunningServer(limits: limits)
        let connection = try RawConnection(port: server.port)
        let body = line("under way")
        await connection.send(
            "POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n")
        try await server.await("logdb_ingest_in_flight_bytes", Double(body.utf8.count))
        let stopping = Task { try await server.stop() }
        // It no longer takes connections, and then the body comes.
        while (try? await server.transport.send(HTTPCall(url: server.url + "/health"))) != nil { await Task.yield() }
        await connection.send(body)
        #expect(await connection.readToEnd().contains(#""accepted":1"#))
        try await stopping.value
    }

    @Test func requestsThatDoNotEndAreCut() async throws {
        var limits = ServerLimits()
        limits.stopTime = .milliseconds(100)
        let server = try await RunningServer(limits: limits)
        let connection = try RawConnection(port: server.port)
        await connection.send(
            "POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                + "Content-Length: 1000\r\n\r\n" + line("half"))
        try await server.await("logdb_ingest_in_flight_bytes", 1_000)
        try await server.stop()
        #expect(await !connection.readToEnd().contains("200 OK"))
        let store = try await LogStore.open(at: server.directory.path)
        #expect(try await store.aggregate(AggregateRequest()).groups[0].count == 0)
        await store.close()
    }

    @Test func stoppingBeforeRunningIsFine() async throws {
        let directory = try ScratchDirectory()
        let server = try await LogServer(
            configuration: ServerConfiguration(
                dataDirectory: directory.path, port: 0, authentication: .none, stopsOnSignals: false))
        await server.stop()
        try await server.run()
        let store = try await LogStore.open(at: directory.path)
        await store.close()
    }
}
