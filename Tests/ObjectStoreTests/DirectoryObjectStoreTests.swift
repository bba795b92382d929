import Foundation
import Testing

@testable import ObjectStore

struct DirectoryObjectStoreTests {
    private let scratch: Scratch
    private let store: DirectoryObjectStore

    init() throws {
        scratch = try Scratch()
        store = DirectoryObjectStore(scratch.path + "/deep/objects")
    }

    private func file(_ text: String) throws -> String {
        let path = scratch.path + "/\(UUID())"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func read(_ key: String, at offset: UInt64 = 0, count: Int = 100) throws -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try bytes.withUnsafeMutableBytes { try store.read(key, at: offset, into: $0) }
        return String(decoding: bytes[..<got], as: UTF8.self)
    }

    @Test func anObjectIsReadAsItWasPut() throws {
        let source = try file("hello, object")
        try store.put("abcdef", fileAt: source)
        #expect(try store.byteCount(of: "abcdef") == 13)
        #expect(try read("abcdef") == "hello, object")
        #expect(try read("abcdef", at: 7, count: 3) == "obj")
        #expect(try read("abcdef", at: 13) == "" && read("abcdef", at: 99) == "")
        // The file stays its owner's, who may remove it.
        try FileManager.default.removeItem(atPath: source)
        #expect(try read("abcdef") == "hello, object")
        try store.put("abcdef", fileAt: try file("hello, object"))
        try store.remove("abcdef")
        try store.remove("abcdef")
        #expect(try store.byteCount(of: "abcdef") == nil)
        #expect(throws: ObjectStoreError.self) { try read("abcdef") }
    }

    @Test func whatIsNotWholeIsPutAnew() throws {
        try store.put("abcdef", fileAt: try file("half"))
        try store.put("abcdef", fileAt: try file("the whole of it"))
        #expect(try read("abcdef") == "the whole of it")
    }

    @Test func keysAreListedInOrderAPageAtATime() throws {
        #expect(try store.keys(after: nil, limit: 10) == [])
        let keys = ["aa1", "aa2", "ab0", "b0cd", "zzz"]
        for key in keys.shuffled() { try store.put(key, fileAt: try file(key)) }
        #expect(try store.keys(after: nil, limit: 10) == keys)
        var found: [String] = []
        while true {
            let page = try store.keys(after: found.last, limit: 2)
            found += page
            if page.count < 2 { break }
        }
        #expect(found == keys)
    }

    @Test(arguments: ["", "ab", "../etc", "ab/cd", "ABC", "a.b", "äöü", String(repeating: "a", count: 129)])
    func otherKeysAreRefused(_ key: String) throws {
        let source = try file("x")
        for body in [
            { try store.put(key, fileAt: source) }, { _ = try store.byteCount(of: key) }, { try store.remove(key) },
            { _ = try read(key) },
        ] as [() throws -> Void] {
            do {
                try body()
                Issue.record("“\(key)” was taken")
            } catch let error as ObjectStoreError {
                #expect(error.code == .invalidKey)
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).count == 1)
    }

    @Test func aFileThatIsNotThereIsNoObject() {
        do throws(ObjectStoreError) {
            try store.put("abcdef", fileAt: scratch.path + "/nothing")
            Issue.record("there was no file")
        } catch {
            #expect(error.code == .missing)
        }
    }
}
