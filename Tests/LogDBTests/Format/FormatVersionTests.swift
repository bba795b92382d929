import LogModel
import Testing

@testable import LogDB

struct FormatVersionTests {
    /// Opens a store, writes `bytes` as its format version and opens it again.
    private func reopen(version bytes: [UInt8]) async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        try store.put(.meta, KeyLayout.formatVersion, bytes)
        await store.close()
        await (try LogStore.open(at: directory.path)).close()
    }

    private func version(_ number: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed(number)
        return writer.bytes
    }

    @Test func theVersionInUseOpens() async throws {
        try await reopen(version: version(FormatVersion.current.rawValue))
    }

    @Test func aNewerVersionIsRefusedByName() async throws {
        await #expect { try await reopen(version: version(FormatVersion.newest.rawValue + 1)) } throws: {
            guard let error = $0 as? LogError else { return false }
            return error.code == .formatTooNew && error.message.contains("\(FormatVersion.newest.rawValue + 1)")
                && error.message.contains("newer build")
        }
    }

    @Test func aVersionThatIsNoLongerReadIsRefusedByName() async throws {
        await #expect { try await reopen(version: version(0)) } throws: {
            guard let error = $0 as? LogError else { return false }
            return error.code == .formatTooOld && error.message.contains("format 0")
        }
    }

    @Test func aVersionThatDoesNotReadIsCorruption() async throws {
        await #expect { try await reopen(version: [1, 2]) } throws: { ($0 as? LogError)?.code == .corruption }
    }

    /// After a refusal nothing holds the directory.
    @Test func aRefusedStoreIsNotLocked() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        try store.put(.meta, KeyLayout.formatVersion, version(99))
        await store.close()
        for _ in 0..<2 {
            await #expect { try await LogStore.open(at: directory.path) } throws: {
                ($0 as? LogError)?.code == .formatTooNew
            }
        }
    }

    /// What the store holds is the same before and after it was refused, whatever the reason.
    @Test(arguments: [
        [0, 0, 0, 0], [UInt8(FormatVersion.newest.rawValue) + 1, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [], [1],
        [1, 0, 0, 0, 0],
    ])
    func aRefusedStoreIsLeftAsItIs(_ version: [UInt8]) async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        var factory = EntryFactory(seed: 1)
        _ = try await store.append(Batch(factory.entries(50)))
        try await store.sealHead()
        _ = try await store.append(Batch(factory.entries(50)))
        try store.put(.meta, KeyLayout.formatVersion, version)
        // As a seal that was interrupted leaves it: an open that went on would remove it.
        let building = SegmentRecord(id: 77, state: .building, day: 0, blockNumbers: 9_000..<9_001)
        try store.put(.segments, KeyLayout.segmentRecord(77), building.encode())
        let before = try store.store.everything()
        await store.close()
        await #expect(throws: LogError.self) { try await LogStore.open(at: directory.path) }
        let raw = try RocksStore(path: directory.path, cacheByteCount: 1 << 20)
        #expect(try raw.everything() == before)
        raw.close()
    }

    /// The version is written before anything else, so that a store without it was damaged, or is none.
    @Test func aStoreThatHasLostItsVersionIsCorruption() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        _ = try await store.append(Batch([Entry(time: Timestamp(microseconds: 1), device: "D", message: "m")]))
        try store.remove(.meta, KeyLayout.formatVersion)
        await store.close()
        await #expect { try await LogStore.open(at: directory.path) } throws: {
            ($0 as? LogError)?.code == .corruption
        }
    }

    /// A newer format may keep things in a family of its own, which RocksDB does not open without being told of.
    @Test func aStoreWithAFamilyOfANewerFormatIsRefusedByName() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        try store.put(.meta, KeyLayout.formatVersion, version(FormatVersion.newest.rawValue + 1))
        await store.close()
        try addFamily("artifacts", to: directory)
        await #expect { try await LogStore.open(at: directory.path) } throws: {
            guard let error = $0 as? LogError else { return false }
            return error.code == .formatTooNew && error.message.contains("newer build")
        }
    }
}
