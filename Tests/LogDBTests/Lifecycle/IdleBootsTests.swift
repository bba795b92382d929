import LogModel
import Testing

@testable import LogDB

/// What is known of a boot's batches is forgotten when nothing has come of it for long, and not before.
struct IdleBootsTests {
    private static let boots = ["", "a", "a\u{0}", "a\u{0}\u{0}", "\u{0}", "\u{0}\u{0}\u{0}", "ab", "\u{1}"]

    private func batch(_ sequence: UInt64) -> Batch {
        Batch([Entry(time: Timestamp(microseconds: Int64(sequence)), device: "D", message: "m")])
    }

    private func identity(_ boot: String, _ sequence: UInt64) -> BatchIdentity {
        BatchIdentity(device: "D", boot: boot, sequence: sequence)
    }

    private func days(_ count: Int64) -> Timestamp {
        Timestamp(microseconds: Timestamp.now.microseconds + count * Timestamp.microsecondsPerDay)
    }

    @Test func bootsAreForgottenOnlyAfterTheirTime() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path)
        for boot in Self.boots {
            for sequence in 1...3 as ClosedRange<UInt64> {
                _ = try await store.append(batch(sequence), identity: identity(boot, sequence))
            }
        }
        let before = try store.store.everything()
        try IdleBoots.forget(store.store, before: days(IdleBoots.idleDaysMax - 1))
        #expect(try store.store.everything() == before)
        try IdleBoots.forget(store.store, before: days(IdleBoots.idleDaysMax + 1))
        #expect(try store.contents(.batches).isEmpty)
        #expect(try store.store.everything() == before.filter { $0.family != .batches })
        await store.close()

        // A boot that comes back after that begins anew.
        store = try await LogStore.open(at: directory.path)
        let receipt = try await store.append(batch(3), identity: identity("a", 3))
        #expect(receipt.accepted == 1)
        #expect(receipt.acknowledgedThrough == nil)
        await store.close()
    }

    @Test func aBootThatSentLatelyIsKeptBesideOnesThatDidNot() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path)
        for boot in Self.boots { _ = try await store.append(batch(1), identity: identity(boot, 1)) }
        // As if all but two of them had been silent.
        for boot in Self.boots where boot != "a\u{0}" && boot != "" {
            var window = ReceivedSequences()
            _ = window.insert(1)
            try store.put(
                .batches, KeyLayout.bootWindow(KeyLayout.boot(device: 1, boot: Array(boot.utf8))), window.encode())
        }
        try IdleBoots.forget(store.store, before: .now)
        #expect(try store.contents(.batches).count == 4)
        await store.close()
        store = try await LogStore.open(at: directory.path)
        for boot in Self.boots {
            let isKept = boot == "a\u{0}" || boot == ""
            let receipt = try await store.append(batch(1), identity: identity(boot, 1))
            #expect(receipt.duplicates == (isKept ? 1 : 0), "\(boot.debugDescription)")
        }
        await store.close()
    }
}
