import Foundation
import Testing

@testable import Agent

/// The state directory, its steps one by one on real files, and what opening it again makes of each half-done state.
struct ShipStoreTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func open(device: String = "RBT-1", server: String = "http://a") throws -> ShipStore {
        try ShipStore(base: directory.path + "/state", server: server, device: device)
    }

    private func position(_ offset: Int64, inode: UInt64 = 1) -> FilePosition {
        var status = stat()
        status.st_ino = ino_t(inode)
        return FilePosition(
            key: FilePosition.Key(status), path: "a.log", offset: offset, lineCount: Int(offset / 10))
    }

    private func frame(_ sequence: UInt64) -> [UInt8] { Array("frame \(sequence)\n".utf8) + [0, 255, 10] }

    @Test func beginsWithABootOfItsOwnAndKeepsIt() throws {
        let boot = try open().record.boot
        #expect(boot.utf8.count == 32)
        #expect(try open().record.boot == boot)
        #expect(try open(device: "RBT-2").record.boot != boot)
        #expect(try open(server: "http://b").record.boot != boot)
    }

    @Test(arguments: ["/proc/none", "/proc/none/at/all", "/dev/null/state"])
    func aPlaceWhereNothingCanBeMadeIsTold(_ base: String) {
        let error = #expect(throws: AgentError.self) {
            try ShipStore(base: base, server: "http://a", device: "RBT-1")
        }
        #expect(error?.code == .io)
        #expect(error?.message.contains("make the directory /") == true)
    }

    @Test func isHeldByOneAtATime() throws {
        let store = try open()
        let error = #expect(throws: AgentError.self) { try open() }
        #expect(error?.code == .locked)
        #expect(try open(device: "RBT-2").directory != store.directory)
    }

    @Test func keepsDevicesApartWhateverTheirNames() {
        let devices = ["", "a/b", "a_b", "../..", "é", String(repeating: "x", count: 500), "ship:host", "A", "a"]
        let names = devices.map { ShipStore.directoryName(server: "http://a", device: $0) }
        #expect(Set(names).count == devices.count)
        for name in names {
            #expect(name.utf8.count <= 60)
            #expect(!name.contains("/") && !name.hasPrefix("."))
        }
    }

    /// What a run does, a durable step at a time.
    private enum Step: CaseIterable {
        case spoolFirst, spoolSecond, skipAfterSecond, acknowledgeFirst, removeFirst, spoolThird, setAsideSecond
        case acknowledgeSecond, removeSecond, acknowledgeThird, removeThird, skipAtEnd
    }

    private func perform(_ step: Step, _ store: ShipStore) throws {
        func batch(_ sequence: UInt64) -> UploadBatch { UploadBatch(sequence: sequence, entryCount: 3) }
        switch step {
        case .spoolFirst: #expect(try store.spool(frame(1), entryCount: 3, position: position(100)) == batch(1))
        case .spoolSecond: #expect(try store.spool(frame(2), entryCount: 3, position: position(200)) == batch(2))
        case .skipAfterSecond: try store.skip(to: position(50, inode: 2))
        case .acknowledgeFirst: try store.acknowledge(batch(1))
        case .removeFirst: try store.removeSpooled(batch(1))
        case .spoolThird:
            #expect(try store.spool(frame(3), entryCount: 3, position: position(70, inode: 2)) == batch(3))
        case .setAsideSecond: _ = try store.setAside(batch(2), status: 422, reason: "no")
        case .acknowledgeSecond: try store.acknowledge(batch(2))
        case .removeSecond: try store.removeSpooled(batch(2))
        case .acknowledgeThird: try store.acknowledge(batch(3))
        case .removeThird: try store.removeSpooled(batch(3))
        case .skipAtEnd: try store.skip(to: position(300))
        }
    }

    @Test(arguments: 0...Step.allCases.count, [false, true])
    func goesOnWhereverItWasInterrupted(stepCount: Int, hasDrafts: Bool) throws {
        let done = Array(Step.allCases.prefix(stepCount))
        var boot = ""
        do {
            let store = try open()
            boot = store.record.boot
            for step in done { try perform(step, store) }
        }
        if hasDrafts {
            // The next step had begun to write its file.
            let state = try #require(directory.files("state").first { $0.hasSuffix("record.json") })
            let folder = "state/" + state.dropLast("record.json".count)
            try directory.write(folder + "record.json.draft", "{\"half")
            try directory.write(folder + "spool/00000000000000000009.batch.draft", "half")
        }
        let store = try open()
        #expect(store.record.boot == boot)

        // Exactly the batches that were spooled and not acknowledged are there, with their bytes.
        let spooling: [Step] = [.spoolFirst, .spoolSecond, .spoolThird]
        let spooled = (1...3).filter { done.contains(spooling[$0 - 1]) }.map { UInt64($0) }
        let acknowledged: [Step] = [.acknowledgeFirst, .acknowledgeSecond, .acknowledgeThird]
        let acknowledgedCount = acknowledged.filter { done.contains($0) }.count
        #expect(store.record.acknowledgedSequence == UInt64(acknowledgedCount))
        #expect(store.spooled.map(\.batch.sequence) == Array(spooled.dropFirst(acknowledgedCount)))
        for entry in store.spooled { #expect(try store.frame(of: entry.batch) == frame(entry.batch.sequence)) }
        #expect(
            directory.files("state").filter { $0.hasSuffix(".batch") && $0.contains("/spool/") }.count
                == store.spooled.count)
        #expect(!directory.files("state").contains { $0.hasSuffix(".draft") })

        // Reading goes on after the last line that is in a batch: not before, not later.
        let offset: Int64? =
            done.contains(.skipAtEnd) ? 300 : done.contains(.spoolSecond) ? 200 : done.contains(.spoolFirst) ? 100 : nil
        #expect(store.position(of: position(0).key)?.offset == offset)
        // What was read without an entry counts once the batch before it is acknowledged; until then it is read again.
        let other: Int64? = done.contains(.spoolThird) ? 70 : nil
        #expect(store.position(of: position(0, inode: 2).key)?.offset == other)

        // The next sequence was never used.
        #expect(
            try store.spool(frame(9), entryCount: 1, position: position(400)).sequence == UInt64(spooled.count) + 1)
        for entry in store.spooled.map(\.batch) {
            try store.acknowledge(entry)
            try store.removeSpooled(entry)
        }
        #expect(store.position(of: position(0).key)?.offset == 400)
    }

    @Test func setsAsideTheBytesAndTheReason() throws {
        let store = try open()
        let batch = try store.spool(frame(1), entryCount: 3, position: position(10))
        // Twice, as after a crash between setting aside and acknowledging.
        let path = try store.setAside(batch, status: 409, reason: "conflict")
        #expect(try store.setAside(batch, status: 409, reason: "conflict") == path)
        #expect(directory.files("state/quarantine").count == 2)
        #expect(try Files.read(path) == frame(1))
        let note: QuarantineNote? = JSONText.decode(try Files.read(path + ".json"))
        #expect(
            note
                == QuarantineNote(
                    server: "http://a", device: "RBT-1", boot: store.record.boot, sequence: 1, entryCount: 3,
                    status: 409, reason: "conflict"))
    }

    @Test func noticesEveryDamagedByteOfABatch() throws {
        let header = SpooledBatch.Header(sequence: 7, entryCount: 3, position: position(10))
        let batch = SpooledBatch(header: header, frame: frame(7))
        let bytes = batch.encoded()
        #expect(try SpooledBatch(decoding: bytes, path: "x") == batch)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            let error = #expect(throws: AgentError.self) { try SpooledBatch(decoding: damaged, path: "x") }
            #expect(error?.code == .corruption)
        }
        for count in 0..<bytes.count {
            #expect(throws: AgentError.self) { try SpooledBatch(decoding: Array(bytes[..<count]), path: "x") }
        }
    }

    @Test func refusesADirectoryThatContradictsItself() throws {
        func damage(_ change: (String) throws -> Void) throws -> AgentError? {
            let other = try TemporaryDirectory()
            var folder = ""
            do {
                let store = try ShipStore(base: other.path, server: "s", device: "d")
                folder = store.directory
                for sequence in 1...UInt64(3) {
                    _ = try store.spool(frame(sequence), entryCount: 1, position: position(Int64(sequence)))
                }
            }
            try change(folder)
            return #expect(throws: AgentError.self) { try ShipStore(base: other.path, server: "s", device: "d") }
        }
        let manager = FileManager.default
        let second = "/spool/00000000000000000002.batch"
        #expect(try damage { try manager.removeItem(atPath: $0 + second) }?.code == .corruption)
        #expect(try damage { try manager.removeItem(atPath: $0 + "/record.json") }?.code == .corruption)
        #expect(try damage { try Files.replace($0 + second, with: frame(2)) }?.code == .corruption)
        #expect(try damage { try Files.replace($0 + "/spool/notes", with: []) }?.code == .corruption)
        #expect(try damage { try Files.replace($0 + "/record.json", with: Array("{}".utf8)) }?.code == .corruption)
        let newer = Array(#"{"version": 2, "shape": "another"}"#.utf8)
        #expect(try damage { try Files.replace($0 + "/record.json", with: newer) }?.code == .formatTooNew)
    }
}
