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
        await #expect { try await reopen(version: version(FormatVersion.current.rawValue + 1)) } throws: {
            guard let error = $0 as? LogError else { return false }
            return error.code == .formatTooNew && error.message.contains("\(FormatVersion.current.rawValue + 1)")
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
}
