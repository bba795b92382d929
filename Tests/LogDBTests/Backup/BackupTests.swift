import Foundation
import LogModel
import ObjectStore
import Synchronization
import Testing

@testable import LogDB

/// A backup restored is the store of the moment that the backup states, whatever goes on meanwhile.
struct BackupTests {
    private func open(_ directory: String) async throws -> LogStore {
        try await LogStore.open(at: directory, options: MixedStore.options)
    }

    private func place(_ directory: TemporaryDirectory) throws -> BackupPlace { try BackupPlace(directory.path + "/b") }

    @Test func whatIsRestoredIsWhatWasThere() async throws {
        let mixed = try await MixedStore.make(seed: 431)
        let store = mixed.store
        let outside = try TemporaryDirectory()
        let place = try place(outside)
        // Some of it in the cold tier, some sealed, some in memory.
        try await store.tier(olderThan: .zero)
        var factory = EntryFactory(seed: 432)
        let identity = BatchIdentity(device: "DEV-0", boot: "b", sequence: 1)
        let batch = Batch(factory.entries(100))
        _ = try await store.append(batch, identity: identity)
        try await store.sealHead()
        _ = try await store.append(Batch(factory.entries(100)))
        let rows = try await store.storedRows()
        let report = try await store.backup(to: place)
        #expect(report.entryCount == UInt64(rows.count))
        #expect(report.sequence == rows.map(\.key.sequence).max())
        #expect(report.objectCount > 0)
        _ = try await store.append(Batch(factory.entries(10)))
        #expect(!FileManager.default.fileExists(atPath: store.directory + "/backup.new"))

        let target = outside.path + "/restored"
        let manifest = try await LogStore.restore(from: place, to: target)
        #expect(manifest.sequence == report.sequence)
        let restored = try await open(target)
        #expect(try await restored.storedRows() == rows)
        #expect(try await restored.verify().damages == [])
        #expect(try await restored.append(batch, identity: identity).duplicates == 100)
        // Apart from the one that it was made of.
        _ = try await restored.delete(.everything, query: "*", author: "")
        try await restored.purgeDeleted()
        #expect(try await store.storedRows().count == rows.count + 10)
        #expect(try await store.verify().damages == [])
        await restored.close()
        await store.close()
    }

    @Test func whatIsThereIsNotCopiedAgain() async throws {
        let mixed = try await MixedStore.make(seed: 433)
        let store = mixed.store
        let outside = try TemporaryDirectory()
        let place = try place(outside)
        try await store.tier(olderThan: .zero)
        let first = try await store.backup(to: place)
        #expect(first.copiedByteCount > first.byteCount / 2)
        let second = try await store.backup(to: place)
        #expect(second.copiedByteCount < first.copiedByteCount / 4, "\(first) \(second)")
        var factory = EntryFactory(seed: 434)
        _ = try await store.append(Batch(factory.entries(10)))
        let third = try await store.backup(to: place)
        #expect(third.entryCount == first.entryCount + 10)
        #expect(third.copiedByteCount < first.copiedByteCount / 2)
        // Each can be restored.
        let keys = try place.manifestKeys()
        #expect(keys == [first.key, second.key, third.key])
        for (index, key) in keys.enumerated() {
            let target = outside.path + "/restored-\(index)"
            _ = try await LogStore.restore(from: place, key: key, to: target)
            let restored = try await open(target)
            #expect(try await restored.storedRows().count == mixed.rows.count + (index == 2 ? 10 : 0))
            await restored.close()
        }
        await store.close()
    }

    /// What was acknowledged before the backup began is in it; what is in it is all up to the position that it states.
    @Test func aBackupUnderLoadShowsOneMoment() async throws {
        let directory = try TemporaryDirectory()
        let outside = try TemporaryDirectory()
        let place = try place(outside)
        let store = try await open(directory.path)
        let load = Load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<4 {
                group.addTask {
                    var factory = EntryFactory(seed: 440 + UInt64(sender))
                    while !load.isDone.load(ordering: .relaxed), !Task.isCancelled {
                        let entries = factory.entries(20)
                        _ = try await store.append(Batch(entries))
                        load.acknowledged.withLock { $0 += 20 }
                    }
                }
            }
            for round in 0..<4 {
                try await eventually("entries come") { load.acknowledged.withLock { $0 } > 1_500 * (round + 1) }
                let before = load.acknowledged.withLock { $0 }
                let report = try await store.backup(to: place)
                if round == 1 { try await store.compact() }
                let target = outside.path + "/restored-\(round)"
                _ = try await LogStore.restore(from: place, key: report.key, to: target)
                let restored = try await open(target)
                let found = try await restored.storedRows()
                #expect(found.count >= before)
                #expect(UInt64(found.count) == report.entryCount)
                let live = try await store.storedRows(
                    ScanRequest(filter: .committed(through: report.sequence)))
                #expect(found == live)
                #expect(try await restored.verify().damages == [])
                await restored.close()
            }
            load.isDone.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        await store.close()
    }

    /// What the senders and the test share.
    private final class Load: Sendable {
        let acknowledged = Mutex(0)
        let isDone = Atomic(false)
    }

    /// A manifest as an earlier build wrote it is restored; one of a build to come is refused.
    @Test(arguments: [1, 3])
    func manifestsHaveAVersion(_ version: Int) async throws {
        let (outside, place, rows) = try await make()
        let (_, manifest) = try #require(try place.newest())
        let bytes = Array(
            String(decoding: manifest.bytes, as: UTF8.self)
                .replacing(#""backup":2"#, with: #""backup":\#(version)"#)
                .replacing(#","artifacts":null"#, with: "").utf8)
        try #require(bytes != manifest.bytes)
        let file = outside.path + "/manifest"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let key = manifest.key(bytes)
        try place.put(key, fileAt: file)
        let target = outside.path + "/r"
        guard version == 1 else {
            let error = await #expect(throws: LogError.self) {
                try await LogStore.restore(from: place, key: key, to: target)
            }
            #expect(error?.code == .formatTooNew)
            return
        }
        _ = try await LogStore.restore(from: place, key: key, to: target)
        let restored = try await open(target)
        #expect(try await restored.storedRows() == rows)
        await restored.close()
    }

    // MARK: Refusals

    private func make() async throws -> (outside: TemporaryDirectory, place: BackupPlace, rows: [StoredRow]) {
        let mixed = try await MixedStore.make(seed: 435, rowCount: 600)
        let outside = try TemporaryDirectory()
        let place = try place(outside)
        try await mixed.store.tier(olderThan: .zero)
        _ = try await mixed.store.backup(to: place)
        await mixed.store.close()
        return (outside, place, mixed.rows.reversed())
    }

    private func objects(_ outside: TemporaryDirectory) -> [String] {
        (try? DirectoryObjectStore(outside.path + "/b").keys(after: nil, limit: .max)) ?? []
    }

    private func path(_ outside: TemporaryDirectory, _ key: String) -> String {
        outside.path + "/b/" + key.prefix(2) + "/" + key.dropFirst(2)
    }

    @Test func aBackupWithoutItsManifestIsNone() async throws {
        let (outside, place, _) = try await make()
        for key in objects(outside) where key.hasPrefix("manifest") {
            try FileManager.default.removeItem(atPath: path(outside, key))
        }
        #expect(try place.manifestKeys() == [])
        await #expect(throws: LogError.self) { try await LogStore.restore(from: place, to: outside.path + "/r") }
        #expect(!FileManager.default.fileExists(atPath: outside.path + "/r"))
    }

    @Test(arguments: [false, true])
    func aDamagedBackupReplacesNothing(_ isMissing: Bool) async throws {
        let (outside, place, _) = try await make()
        let target = outside.path + "/r"
        let before = try await open(target)
        var factory = EntryFactory(seed: 436)
        _ = try await before.append(Batch(factory.entries(5)))
        await before.close()
        for key in objects(outside) {
            let file = path(outside, key)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            guard !bytes.isEmpty else { continue }
            let whole = bytes
            if isMissing {
                try FileManager.default.removeItem(atPath: file)
            } else {
                bytes[bytes.count / 2] ^= 1
                try bytes.write(to: URL(fileURLWithPath: file))
            }
            await #expect(throws: LogError.self, "\(key)") {
                try await LogStore.restore(from: place, to: target, isReplacing: true)
            }
            try whole.write(to: URL(fileURLWithPath: file))
        }
        let after = try await open(target)
        #expect(try await after.storedRows().count == 5)
        await after.close()
    }

    @Test func aDirectoryThatHoldsSomethingIsReplacedOnlyWhenAsked() async throws {
        let (outside, place, rows) = try await make()
        let target = outside.path + "/r"
        let store = try await open(target)
        try FileManager.default.createDirectory(atPath: target + "/secrets", withIntermediateDirectories: true)
        try Data("key".utf8).write(to: URL(fileURLWithPath: target + "/secrets/token"))
        for path in [target, target + "/secrets"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        }
        await #expect(throws: LogError.self) { try await LogStore.restore(from: place, to: target) }
        await store.close()
        _ = try await LogStore.restore(from: place, to: target, isReplacing: true)
        let restored = try await open(target)
        #expect(try await restored.storedRows() == rows)
        #expect(FileManager.default.fileExists(atPath: target + "/secrets/token"))
        for path in [target, target + "/secrets"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o700, "\(path)")
        }
        #expect(!FileManager.default.fileExists(atPath: target + ".restoring"))
        await restored.close()
    }

    /// What a restore needs, or was told to use, does not go with the directory that it replaces.
    @Test func whatLiesInTheDirectoryThatIsReplacedIsNotRemoved() async throws {
        let mixed = try await MixedStore.make(seed: 438, rowCount: 600)
        let directory = mixed.store.directory
        let outside = try TemporaryDirectory()
        try await mixed.store.tier(olderThan: .zero)
        let within = try BackupPlace(directory + "/backups")
        _ = try await mixed.store.backup(to: within)
        let named = try place(outside)
        _ = try await mixed.store.backup(to: named, copiesColdObjects: false)
        await mixed.store.close()
        let first = await #expect(throws: LogError.self) {
            try await LogStore.restore(from: within, to: directory, isReplacing: true)
        }
        #expect(first?.code == .invalidArgument)
        let second = await #expect(throws: LogError.self) {
            try await LogStore.restore(
                from: named, to: directory, coldPlace: directory + "/cold", isReplacing: true)
        }
        #expect(second?.code == .invalidArgument)
        #expect(try within.manifestKeys().count == 1)
        let store = try await open(directory)
        #expect(try await store.storedRows() == mixed.rows.reversed())
        await store.close()
    }

    /// Nobody opens a directory while another is made to take its place.
    @Test func aDirectoryIsLockedWhileItIsReplaced() async throws {
        let (outside, place, _) = try await make()
        let target = outside.path + "/r"
        await (try await open(target)).close()
        let freeCount = FreeCount()
        _ = try await LogStore.restore(from: place, to: target, isReplacing: true) { done, _ in
            if done > 0.5, !OtherLock.isHeld(target + "/LOCK") { freeCount.value.withLock { $0 += 1 } }
        }
        let found = freeCount.value.withLock { $0 }
        #expect(found == 0)
        let restored = try await open(target)
        await restored.close()
    }

    private final class FreeCount: Sendable {
        let value = Mutex(0)
    }

    @Test func aDirectoryThatFillsMeanwhileIsNotReplaced() async throws {
        let (outside, place, _) = try await make()
        let target = outside.path + "/r"
        await #expect(throws: LogError.self) {
            try await LogStore.restore(from: place, to: target) { _, _ in
                try? FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
                _ = FileManager.default.createFile(atPath: target + "/CURRENT", contents: Data("new".utf8))
            }
        }
        #expect(FileManager.default.contents(atPath: target + "/CURRENT") == Data("new".utf8))
    }

    /// A checkpoint whose files cannot be listed makes no backup, least of all an empty one.
    @Test func aCheckpointThatDoesNotListIsNoBackup() async throws {
        let mixed = try await MixedStore.make(seed: 439, rowCount: 600)
        let outside = try TemporaryDirectory()
        let checkpoint = Checkpoint(
            directory: outside.path + "/gone", time: .now, sequenceEnd: 1, entryCount: 600, segments: [])
        var writer = BackupWriter(
            try place(outside), cold: mixed.store.environment.cold, copiesColdObjects: true, isCancelled: { false })
        #expect(throws: LogError.self) { try writer.write(checkpoint) { _, _ in } }
        try FileManager.default.createDirectory(atPath: checkpoint.directory, withIntermediateDirectories: true)
        #expect(throws: LogError.self) { try writer.write(checkpoint) { _, _ in } }
        #expect(try place(outside).manifestKeys() == [])
        await mixed.store.close()
    }

    /// Without the cold tier's objects a backup is good only together with them.
    @Test func objectsThatAreOnlyNamedAreFoundWhereTheyAre() async throws {
        let mixed = try await MixedStore.make(seed: 437, rowCount: 600)
        let outside = try TemporaryDirectory()
        let place = try place(outside)
        try await mixed.store.tier(olderThan: .zero)
        let report = try await mixed.store.backup(to: place, copiesColdObjects: false)
        #expect(report.objectCount > 0)
        await mixed.store.close()
        await #expect(throws: LogError.self) { try await LogStore.restore(from: place, to: outside.path + "/r") }
        _ = try await LogStore.restore(
            from: place, to: outside.path + "/r", coldPlace: mixed.directory.path + "/cold")
        let restored = try await open(outside.path + "/r")
        #expect(try await restored.storedRows() == mixed.rows.reversed())
        await restored.close()
    }
}
