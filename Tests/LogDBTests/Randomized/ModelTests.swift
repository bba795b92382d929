import Testing

/// Random steps, the same for the same seed, on a store and on a model of it: appending, sending again, sealing, merging,
/// closing, crashing, and every way of reading.
struct ModelTests {
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func aStoreAnswersLikeItsModel(_ seed: UInt64) async throws {
        var run = try await ModelRun(seed: seed)
        for _ in 0..<80 { try await run.step() }
        try await run.finish()
    }
}
