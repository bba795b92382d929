import Testing

@testable import Server

struct RequestRatesTests {
    @Test func eachIsHeldToItsRateAndNobodyElse() async throws {
        var rates = RateLimits()
        rates.perDevice = RateLimit(perSecond: 0.01, burst: 3)
        let server = try await RunningServer(rates: rates)
        func send(_ device: String) async throws -> Answer {
            try await server.ingest(line("x", device: device), headers: ["X-Batch-Device": device])
        }
        for _ in 0..<3 { #expect(try await send("Robot-1").status == 200) }
        let refused = try await send("Robot-1")
        #expect(refused.status == 429 && refused.problem == "rate_limited")
        #expect((refused["Retry-After"]).flatMap { Int($0) } ?? 0 > 0)
        #expect(refused.json["retryable"]?.flag == true)
        for _ in 0..<3 { #expect(try await send("Robot-2").status == 200) }
        #expect(try await server.messages().count == 6)
    }

    @Test func addressesAreHeldToTheirRate() async throws {
        var rates = RateLimits()
        rates.perAddress = RateLimit(perSecond: 0.01, burst: 2)
        let server = try await RunningServer(rates: rates)
        for _ in 0..<2 { #expect(try await server.get("/api/v1/version").status == 200) }
        #expect(try await server.get("/api/v1/version").status == 429)
        // Whether the server lives is not asked of a tenant.
        for _ in 0..<5 { #expect(try await server.get("/health").status == 200) }
    }

    @Test func answersAreNothingForABrowserToRun() async throws {
        let server = try await RunningServer()
        for path in ["/api/v1/logs", "/api/v1/nothing", "/health", "/metrics"] {
            let answer = try await server.get(path)
            #expect(answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'", "\(path)")
            #expect(answer["X-Content-Type-Options"] == "nosniff", "\(path)")
            #expect(answer["Strict-Transport-Security"] == nil)
        }
        #expect(try await server.get("/")["Content-Security-Policy"]?.contains("script-src 'self'") == true)
    }
}

struct QueryGateTests {
    @Test func thoseWhoWaitComeInTheirOrder() async throws {
        let gate = QueryGate(countMax: 1)
        try await gate.enter(within: .seconds(60))
        let (order, turn) = AsyncStream.makeStream(of: Int.self)
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<5 {
            tasks.append(
                Task {
                    try await gate.enter(within: .seconds(60))
                    turn.yield(number)
                    gate.leave()
                })
            while gate.waitingCount < number + 1 { await Task.yield() }
        }
        gate.leave()
        var seen: [Int] = []
        for await number in order {
            seen.append(number)
            if seen.count == 5 { break }
        }
        #expect(seen == [0, 1, 2, 3, 4])
        for task in tasks { try await task.value }
        #expect(gate.runningCount == 0 && gate.waitingCount == 0)
    }

    @Test func whoWaitsTooLongOrLeavesGivesUpItsPlace() async throws {
        let gate = QueryGate(countMax: 1)
        try await gate.enter(within: .seconds(60))
        let late = await #expect(throws: Problem.self) { try await gate.enter(within: .milliseconds(1)) }
        #expect(late?.status == 429 && late?.retryAfterSeconds == 1)
        let leaving = Task { try await gate.enter(within: .seconds(600)) }
        while gate.waitingCount < 1 { await Task.yield() }
        leaving.cancel()
        await #expect(throws: Problem.self) { try await leaving.value }
        #expect(gate.waitingCount == 0)
        gate.leave()
        try await gate.enter(within: .seconds(60))
        #expect(gate.runningCount == 1)
    }
}
