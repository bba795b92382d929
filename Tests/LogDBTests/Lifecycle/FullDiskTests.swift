import LogModel
import Synchronization
import Testing

@testable import LogDB

struct FullDiskTests {
    /// How full the disk is said to be.
    private final class Disk: Sendable {
        let freeFraction = Mutex<Double?>(0.5)
    }

    @Test func aFullDiskRefusesEntriesAndNothingElseAndIsOverByItself() async throws {
        let directory = try TemporaryDirectory()
        let disk = Disk()
        var options = MixedStore.options
        options.freeFraction = { _ in disk.freeFraction.withLock { $0 } }
        let store = try await LogStore.open(at: directory.path, options: options)
        let entries = (0..<3).map { Entry(time: Timestamp(microseconds: $0), device: "D", message: "m") }
        let identity = BatchIdentity(device: "D", boot: "b", sequence: 1)
        _ = try await store.append(Batch(entries))
        #expect(store.health.isAccepting)

        disk.freeFraction.withLock { $0 = options.freeSpaceFractionMin * 0.99 }
        try await eventually("the store takes nothing") { !store.health.isAccepting }
        #expect(store.health.reason?.code == .diskFull)
        await #expect { try await store.append(Batch(entries), identity: identity) } throws: {
            ($0 as? LogError)?.code == .diskFull
        }
        #expect(try await store.entries(ScanRequest(order: .oldestFirst)) == entries)
        try await store.sealHead()
        #expect(try await store.entries(ScanRequest(order: .oldestFirst)) == entries)
        #expect(store.metrics.entriesAccepted == 3)

        disk.freeFraction.withLock { $0 = options.freeSpaceFractionMin }
        try await eventually("the store takes entries") { store.health.isAccepting }
        #expect(try await store.append(Batch(entries), identity: identity).accepted == 3)
        #expect(try await store.entries().count == 6)
        await store.close()
    }

    @Test func aDiskThatIsFullOnOpenRefusesFromTheStart() async throws {
        let directory = try TemporaryDirectory()
        var options = MixedStore.options
        options.freeFraction = { _ in 0 }
        let store = try await LogStore.open(at: directory.path, options: options)
        #expect(store.health.reason?.code == .diskFull)
        await #expect(throws: LogError.self) {
            try await store.append(Batch([Entry(time: Timestamp(microseconds: 1), device: "D", message: "m")]))
        }
        await store.close()
    }

    @Test func aDiskThatDoesNotSayIsNotFull() async throws {
        let directory = try TemporaryDirectory()
        var options = MixedStore.options
        options.freeFraction = { _ in nil }
        let store = try await LogStore.open(at: directory.path, options: options)
        #expect(store.health.isAccepting)
        await store.close()
    }

    @Test func theSystemSaysHowMuchIsFree() throws {
        let directory = try TemporaryDirectory()
        let free = try #require(DiskSpace.freeFraction(directory.path))
        #expect(free >= 0 && free <= 1)
        #expect(DiskSpace.freeFraction(directory.path + "/absent") == nil)
    }
}
