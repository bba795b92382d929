import Foundation
import Synchronization
import Testing

@testable import ObjectStore

struct EncryptedObjectStoreTests {
    private let scratch: Scratch
    private let inner: DirectoryObjectStore
    private let keyPath: String

    init() throws {
        scratch = try Scratch()
        inner = DirectoryObjectStore(scratch.path + "/objects")
        keyPath = scratch.path + "/keys"
        try write(keys: [EncryptionKeys.newLine()])
    }

    private func write(keys lines: [String]) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: keyPath))
        chmod(keyPath, 0o600)
    }

    private func lines() throws -> [String] {
        try String(contentsOfFile: keyPath, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private func store() throws -> EncryptedObjectStore {
        EncryptedObjectStore(
            inner, keys: try EncryptionKeys(path: keyPath), draftDirectory: scratch.path + "/drafts")
    }

    private func file(_ bytes: [UInt8]) throws -> String {
        let path = scratch.path + "/\(UUID())"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func path(_ key: String) -> String { inner.root + "/" + key.prefix(2) + "/" + key.dropFirst(2) }
    private func stored(_ key: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(key))))
    }

    private func replaceStored(_ key: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(key)))
    }

    private static func sample(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    @Test(arguments: [0, 1, 95, 16_383, 16_384, 16_385, 100_000, 2_100_000])
    func rangesAreReadAsTheyWerePut(_ count: Int) throws {
        let store = try store()
        let bytes = Self.sample(count)
        try store.put("abcdef", fileAt: try file(bytes))
        #expect(try store.byteCount(of: "abcdef") == UInt64(count))
        #expect(try inner.byteCount(of: "abcdef") == EncryptedObject.storedByteCount(UInt64(count)))
        #expect(EncryptedObject.byteCount(ofStored: EncryptedObject.storedByteCount(UInt64(count))) == UInt64(count))
        #expect(try store.bytes("abcdef", at: 0, count: count + 10) == bytes)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let start = Int.random(in: 0...count, using: &random)
            let length = Int.random(in: 0...40_000, using: &random)
            #expect(
                try store.bytes("abcdef", at: UInt64(start), count: length)
                    == Array(bytes[start..<min(start + length, count)]))
        }
        #expect(try store.bytes("abcdef", at: UInt64(count) + 5, count: 5) == [])
        // Another process reads them too.
        #expect(try self.store().bytes("abcdef", at: 0, count: count) == bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/drafts") == [])
    }

    @Test func nothingOfItIsToBeSeen() throws {
        let store = try store()
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 50_000)
        for key in ["first", "second"] { try store.put(key, fileAt: try file(bytes)) }
        let (first, second) = (try stored("first"), try stored("second"))
        #expect(Data(first).range(of: Data("xxxx".utf8)) == nil)
        // Each has a key of its own, and so has each piece a nonce.
        #expect(first[96...] != second[96...])
        #expect(first[96..<(96 + 16_384)] != first[(96 + 16_400)..<(96 + 16_400 + 16_384)])
    }

    @Test func everyChangeIsFound() throws {
        let bytes = Self.sample(300)
        try store().put("abcdef", fileAt: try file(bytes))
        let whole = try stored("abcdef")
        for index in whole.indices {
            var changed = whole
            changed[index] ^= 1 << UInt8(index % 8)
            try replaceStored("abcdef", changed)
            let found = try? store().bytes("abcdef", at: 0, count: 1_000)
            // Without its first bytes it is an object that was never encrypted. Else it is right, or is none.
            if index >= 8 { #expect(found == nil || found == bytes, "byte \(index)") }
            if (16..<92).contains(index) || index >= 96 { #expect(found == nil, "byte \(index)") }
        }
        for count in [0, 8, 50, 95, 96, 200, whole.count - 1] {
            try replaceStored("abcdef", Array(whole[..<count]))
            #expect((try? store().bytes("abcdef", at: 0, count: 1_000)) != bytes)
            #expect((try? store().byteCount(of: "abcdef")) != 300)
        }
        // What is not whole is put anew.
        try replaceStored("abcdef", Array(whole[..<200]))
        try store().put("abcdef", fileAt: try file(bytes))
        #expect(try store().bytes("abcdef", at: 0, count: 1_000) == bytes)
    }

    @Test func oneObjectInThePlaceOfAnotherIsFound() throws {
        let store = try store()
        try store.put("first", fileAt: try file(Self.sample(100)))
        try store.put("second", fileAt: try file(Self.sample(100)))
        try replaceStored("second", try stored("first"))
        #expect { try self.store().bytes("second", at: 0, count: 100) } throws: {
            ($0 as? ObjectStoreError)?.code == .damaged
        }
    }

    @Test func withoutItsKeyNothingIsRead() throws {
        let bytes = Self.sample(100)
        try store().put("abcdef", fileAt: try file(bytes))
        try write(keys: [EncryptionKeys.newLine()])
        #expect { try store().bytes("abcdef", at: 0, count: 100) } throws: {
            ($0 as? ObjectStoreError)?.code == .invalidKeys
        }
        #expect(throws: ObjectStoreError.self) { try store().byteCount(of: "abcdef") }
    }

    @Test func objectsComeUnderANewKeyAndTheOldOneCanGo() throws {
        let bytes = Self.sample(40_000)
        try store().put("encrypted", fileAt: try file(bytes))
        try inner.put("plain", fileAt: try file(bytes))
        let store = try store()
        #expect(try store.bytes("plain", at: 10, count: 100) == Array(bytes[10..<110]))
        let before = try stored("encrypted")
        try write(keys: try lines() + [EncryptionKeys.newLine()])
        let renewing = try self.store()
        #expect(try renewing.renew("encrypted") == .renewed)
        #expect(try renewing.renew("encrypted") == .none)
        #expect(try renewing.renew("plain") == .encrypted)
        // What it holds is not encrypted anew.
        #expect(try stored("encrypted")[96...] == before[96...])
        #expect(Data(try stored("plain")).range(of: Data(bytes[..<1_000])) == nil)
        try write(keys: [try lines()[1]])
        for key in ["encrypted", "plain"] { #expect(try self.store().bytes(key, at: 0, count: 50_000) == bytes) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/drafts") == [])
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    @Test func whoeverReadsMeanwhileGetsTheSame() async throws {
        let bytes = Self.sample(40_000)
        let store = try store()
        for round in 0..<20 { try inner.put("plain\(round)", fileAt: try file(bytes)) }
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    var count = 0
                    repeat {
                        for round in 0..<20 {
                            let found = try store.bytes("plain\(round)", at: 0, count: 40_000)
                            #expect(found == bytes)
                            count += 1
                        }
                    } while !isDone.isSet.load(ordering: .relaxed)
                    return count
                }
            }
            for round in 0..<10 { #expect(try store.renew("plain\(round)") == .encrypted) }
            let source = try file(bytes)
            for round in 10..<20 { try store.put("plain\(round)", fileAt: source) }
            isDone.isSet.store(true, ordering: .relaxed)
            for try await count in group { #expect(count > 0) }
        }
    }
}
