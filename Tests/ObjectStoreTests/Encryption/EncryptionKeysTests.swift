import Foundation
import Testing

@testable import ObjectStore

struct EncryptionKeysTests {
    private let scratch: Scratch
    private var path: String { scratch.path + "/keys" }

    init() throws { scratch = try Scratch() }

    private func keys(_ text: String, mode: mode_t = 0o600) throws -> EncryptionKeys {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, mode)
        return try EncryptionKeys(path: path)
    }

    private func refusal(_ text: String, mode: mode_t = 0o600) -> String {
        do {
            _ = try keys(text, mode: mode)
            return ""
        } catch {
            #expect((error as? ObjectStoreError)?.code == .invalidKeys)
            return (error as? ObjectStoreError)?.message ?? ""
        }
    }

    @Test func theLastLineIsTheNewestKey() throws {
        let (first, second) = (EncryptionKeys.newLine(), EncryptionKeys.newLine())
        let keys = try keys("# ours\n\n\(first)   # of 2025\n\(second.uppercased())\n")
        #expect(keys.ids.count == 2 && keys.newestID == keys.ids[1])
        #expect(try self.keys(second).newestID == keys.newestID)
        #expect(!keys.newestID.contains(second.prefix(16)))
        try Data("\(first)\n".utf8).write(to: URL(fileURLWithPath: path))
        try keys.reload()
        #expect(keys.ids.count == 1)
        try Data("no key\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: ObjectStoreError.self) { try keys.reload() }
        #expect(keys.ids.count == 1)
    }

    @Test func aFileThatLostTheKeyInUseChangesNothing() throws {
        let keys = try keys(EncryptionKeys.newLine())
        let inUse = keys.newestID
        try Data("\(EncryptionKeys.newLine())\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect { try keys.reload(keeping: inUse) } throws: {
            ($0 as? ObjectStoreError)?.code == .invalidKeys
        }
        #expect(keys.ids == [inUse])
    }

    @Test func whatIsNoKeyIsRefusedWithoutBeingShown() throws {
        let line = EncryptionKeys.newLine()
        #expect(refusal("").contains("has no key"))
        #expect(refusal("# nothing\n").contains("has no key"))
        for wrong in [String(line.dropLast()), line + "0", "z" + line.dropFirst(), "secret phrase"] {
            let text = refusal("\(line)\n\(wrong)\n")
            #expect(text.contains("line 2") && !text.contains(wrong))
        }
        #expect(refusal(line, mode: 0o604).contains("chmod 600"))
        #expect(refusal(line, mode: 0o640) == "")
        #expect { try EncryptionKeys(path: scratch.path + "/none") } throws: {
            ($0 as? ObjectStoreError)?.code == .invalidKeys
        }
    }

    /// Test case 14 of McGrew and Viega, "The Galois/Counter Mode of Operation": a block of zeros under a key of zeros.
    @Test func theCipherIsTheStandards() {
        let zeros = [UInt8](repeating: 0, count: 32)
        var output = zeros
        zeros[..<16].withUnsafeBytes { plain in
            output.withUnsafeMutableBytes {
                AES256GCM(key: zeros, isEncrypting: true).encrypt(plain, nonce: Array(zeros[..<12]), into: $0)
            }
        }
        #expect(
            Digests.hexadecimal(output) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    }
}
