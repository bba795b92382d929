import Testing

@testable import LogDB

struct RocksStoreTests {
    private let directory: TemporaryDirectory
    private let store: RocksStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try RocksStore(path: directory.path, cacheByteCount: 1 << 20)
    }

    private func put(_ pairs: [(StoreFamily, [UInt8], [UInt8])]) throws {
        var batch = WriteBatch()
        for (family, key, value) in pairs { batch.put(store, family, key, value) }
        try store.write(batch, synced: true)
    }

    private func keys(from: [UInt8], to: [UInt8]? = nil, limit: Int = .max) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        try store.forEach(.blocks, from: from, to: to) { (key, _) throws(LogError) in
            found.append(Array(key))
            return found.count < limit
        }
        return found
    }

    @Test func familiesAreApart() throws {
        try put(StoreFamily.allCases.enumerated().map { ($0.element, [1], [UInt8($0.offset)]) })
        for (index, family) in StoreFamily.allCases.enumerated() {
            #expect(try store.value(family, [1]) == [UInt8(index)])
            #expect(try store.value(family, [2]) == nil)
        }
    }

    @Test func keysAreReadFromTheFirstUpToTheLast() throws {
        try put([[], [0], [0, 0xff], [1], [0xff], [0xff, 0xff]].map { (.blocks, $0, []) })
        #expect(try keys(from: []) == [[], [0], [0, 0xff], [1], [0xff], [0xff, 0xff]])
        #expect(try keys(from: [0, 1], to: [0xff]) == [[0, 0xff], [1]])
        #expect(try keys(from: [0, 0xff], to: [0, 0xff]) == [])
        #expect(try keys(from: [0xff, 0xff, 0]) == [])
        #expect(try keys(from: [], limit: 2) == [[], [0]])
    }

    @Test func anErrorEndsTheReading() throws {
        try put([[1], [2], [3]].map { (.blocks, $0, []) })
        var count = 0
        #expect {
            try store.forEach(.blocks, from: []) { (_, _) throws(LogError) in
                count += 1
                throw LogError(.cancelled, "enough")
            }
        } throws: {
            ($0 as? LogError)?.code == .cancelled
        }
        #expect(count == 1)
    }

    /// Of the writes of a batch the last of a key counts, also where it takes the key away.
    @Test func aBatchIsAppliedInItsOrder() throws {
        try put([(.tables, [1], [1]), (.tables, [2], [1])])
        var batch = WriteBatch()
        var isEmpty = batch.isEmpty
        #expect(isEmpty)
        batch.delete(store, .tables, [1])
        batch.put(store, .tables, [1], [2])
        batch.put(store, .tables, [2], [2])
        batch.delete(store, .tables, [2])
        isEmpty = batch.isEmpty
        #expect(!isEmpty)
        try store.write(batch, synced: false)
        #expect(try store.value(.tables, [1]) == [2])
        #expect(try store.value(.tables, [2]) == nil)
        batch.clear()
        isEmpty = batch.isEmpty
        #expect(isEmpty)
    }

    @Test func whatWasWrittenIsThereAgainWhetherItWasSyncedOrNot() throws {
        var batch = WriteBatch()
        batch.put(store, .staging, [1], [])
        try store.write(batch, synced: false)
        try store.syncLog()
        batch.clear()
        batch.put(store, .staging, [2], [7])
        try store.write(batch, synced: false)
        store.close()
        let again = try RocksStore(path: directory.path, cacheByteCount: 1 << 20)
        #expect(try again.value(.staging, [1]) == [])
        #expect(try again.value(.staging, [2]) == [7])
        again.close()
    }

    @Test func aDirectoryThatIsOpenIsLocked() throws {
        #expect { _ = try RocksStore(path: directory.path, cacheByteCount: 1 << 20) } throws: {
            guard let error = $0 as? LogError else { return false }
            return error.code == .locked && error.message.contains("stop it first")
        }
        store.close()
        try RocksStore(path: directory.path, cacheByteCount: 1 << 20).close()
    }

    @Test func aDirectoryThatCannotBeMadeSaysWhich() async {
        await #expect { try await LogStore.open(at: "/dev/null/store") } throws: {
            guard let error = $0 as? LogError else { return false }
            return error.code == .io && error.location?.hasPrefix("/dev/null") == true
        }
    }

    /// Files that lie within the keys go at once; keys that share a file with others stay.
    @Test func filesOfARangeAreDropped() throws {
        let value = [UInt8](repeating: 7, count: 1_000)
        for day in [1, 2, 3] as [UInt8] {
            try put((0..<50).map { (.blocks, [day, $0], value) })
            try store.flush(.blocks)
            // Out of the level of new files, which are never dropped.
            store.compact(.blocks)
        }
        try store.deleteFiles(.blocks, from: [2], to: [3])
        #expect(try keys(from: [1], to: [2]).count == 50)
        #expect(try keys(from: [3], to: [4]).count == 50)
        #expect(try keys(from: [2], to: [3]).count == 0)
    }
}
