import LogModel
import Synchronization
import Testing

@testable import LogDB

struct FullDiskTests {
    /// How full the disk is said to be.
    private final class Disk: Sendable {
        let freeByteCount = Mutex<UInt64>(byteCount / 2)
        static let byteCount: UInt64 = 1_000_000_000
        /// The least that must be free.
        static let reserve = UInt64(Double(byteCount) * Options().freeSpaceFractionMin)

        var space: DiskSpace {
            DiskSpace(freeByteCount: freeByteCount.withLock { $0 }, byteCount: Self.byteCount)
        }
    }

    @Test func aFullDiskRefusesEntriesAndNothingElseAndIsOverByItself() async throws {
        let directory = try TemporaryDirectory()
        let disk = Disk()
        var options = MixedStore.options
        options.diskSpace = { _ in disk.space }
        let store = try await LogStore.open(at: directory.path, options: options)
        let entries = (0..<3).map { Entry(time: Timestamp(microseconds: $0), device: "D", message: "m") }
        let identity = BatchIdentity(device: "D", boot: "b", sequence: 1)
        _ = try await store.append(Batch(entries))
        #expect(store.health.isAccepting)

        disk.freeByteCount.withLock { $0 = Disk.reserve - 1 }
        try await eventually("the store takes nothing") { !store.health.isAccepting }
        #expect(store.health.reason?.code == .diskFull)
        await #expect { try await store.append(Batch(entries), identity: identity) } throws: {
            ($0 as? LogError)?.code == .diskFull
        }
        #expect(try await store.entries(ScanRequest(order: .oldestFirst)) == entries)
        try await store.sealHead()
        #expect(try await store.entries(ScanRequest(order: .oldestFirst)) == entries)
        #expect(store.metrics.entriesAccepted == 3)

        disk.freeByteCount.withLock { $0 = Disk.reserve }
        try await eventually("the store takes entries") { store.health.isAccepting }
        #expect(try await store.append(Batch(entries), identity: identity).accepted == 3)
        #expect(try await store.entries().count == 6)
        await store.close()
    }

    @Test func aStoreIsNotOpenedWithoutRoomForWhatItsLogHolds() async throws {
        let directory = try TemporaryDirectory()
        var options = MixedStore.options
        options.diskSpace = { _ in DiskSpace(freeByteCount: (2 << 20) - 1, byteCount: 100 << 20) }
        let small = options
        await #expect { try await LogStore.open(at: directory.path, options: small) } throws: {
            ($0 as? LogError)?.code == .diskFull
        }
    }

    @Test func aDiskThatIsFullOnOpenRefusesFromTheStart() async throws {
        let directory = try TemporaryDirectory()
        var options = MixedStore.options
        options.diskSpace = { _ in DiskSpace(freeByteCount: 4 << 20, byteCount: 100 << 20) }
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
        options.diskSpace = { _ in nil }
        let store = try await LogStore.open(at: directory.path, options: options)
        #expect(store.health.isAccepting)
        await store.close()
    }

    @Test func theSystemSaysHowMuchIsFree() throws {
        let directory = try TemporaryDirectory()
        let space = try #require(DiskSpace.of(directory.path))
        #expect(space.freeByteCount <= space.byteCount)
        #expect(DiskSpace.of(directory.path + "/absent") == nil)
    }

    @Test func aDiskThatFillsBetweenTwoTicksIsSeenByWhatIsWritten() {
        let disk = Disk()
        var options = Options()
        options.diskSpace = { _ in disk.space }
        let guardian = DiskGuard(path: "/", options: options)
        #expect(!guardian.isFull)
        disk.freeByteCount.withLock { $0 = Disk.reserve - 1 }
        for _ in 0..<3 {
            guardian.didWrite(byteCount: 65_536)
            #expect(!guardian.isFull)
        }
        guardian.didWrite(byteCount: 65_536)
        #expect(guardian.isFull)
        disk.freeByteCount.withLock { $0 = Disk.reserve + 1_000 }
        guardian.look()
        #expect(!guardian.isFull && guardian.hasRoom(for: 1_000) && !guardian.hasRoom(for: 1_001))
    }

    @Test func segmentsThatTheDiskCannotHoldTwiceAreMergedWhenItCan() async throws {
        let directory = try TemporaryDirectory()
        let disk = Disk()
        var options = MixedStore.options
        options.mergeFanIn = 2
        options.mergeRowCountMax = 1 << 20
        options.diskSpace = { _ in disk.space }
        disk.freeByteCount.withLock { $0 = Disk.reserve + 1 }
        let store = try await LogStore.open(at: directory.path, options: options)
        let entries = (0..<3).map { Entry(time: Timestamp(microseconds: $0), device: "D", message: "m") }
        for _ in 0..<4 {
            _ = try await store.append(Batch(entries))
            try await store.sealHead()
        }
        #expect(store.metrics.segmentsMerged == 0 && store.health.isAccepting)
        disk.freeByteCount.withLock { $0 = Disk.byteCount }
        try await eventually("the segments are merged") { store.metrics.segmentsMerged >= 4 }
        #expect(try await store.entries().count == 12)
        await store.close()
    }
}
