import LogModel
import Testing

@testable import LogDB

struct TableEditorTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func whatWasChangedIsThereAfterARestart() async throws {
        var store = try await LogStore.open(at: directory.path)
        let first = try await store.editTables { (editor) throws(LogError) in
            let first = try editor.insert(NoteRecord("a"))
            try editor.insert(NoteRecord("b"))
            try editor.update(NoteRecord(id: first.id, "c"), replacing: first)
            return first
        }
        await store.close()
        store = try await LogStore.open(at: directory.path)
        let (texts, byText, last, problems) = try await store.readTables { (reader) throws(LogError) in
            var texts: [String] = []
            try reader.forEach(of: NoteRecord.self) { (note) throws(LogError) in
                texts.append(note.text)
                return true
            }
            return (
                texts, try reader.row(NoteRecord.byText, Array("c".utf8)), try reader.lastID(of: NoteRecord.self),
                try reader.problems(of: NoteRecord.self)
            )
        }
        #expect(texts == ["c", "b"])
        #expect(byText?.id == first.id)
        #expect(last == 2)
        #expect(problems == [])
        await store.close()
    }

    @Test func aChangeThatFailsLeavesNothing() async throws {
        let store = try await LogStore.open(at: directory.path)
        await #expect(throws: LogError.self) {
            try await store.editTables { (editor) throws(LogError) in
                try editor.insert(NoteRecord("a"))
                try editor.insert(NoteRecord("a"))
            }
        }
        let count = try await store.readTables { (reader) throws(LogError) in
            try reader.lastID(of: NoteRecord.self)
        }
        #expect(count == 0)
        await store.close()
    }

    /// A device that an edit changes while its entries come in keeps both changes.
    @Test func devicesChangeBesideTheirLogs() async throws {
        let store = try await LogStore.open(at: directory.path)
        let entry = Entry(time: Timestamp(microseconds: 1), device: "D", session: "s", message: "m")
        _ = try await store.append(Batch([entry]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask { _ = try await store.append(Batch([entry])) }
                group.addTask {
                    try await store.editTables { (editor) throws(LogError) in
                        guard let device = try editor.row(DeviceRecord.byDSN, Array("D".utf8)) else { return }
                        var changed = device
                        changed.info += "\(number),"
                        changed.lastSeen = 0
                        try editor.update(changed, replacing: device)
                        guard let session = try editor.row(1, of: SessionRecord.self) else { return }
                        var failed = session
                        failed.status = .failed
                        try editor.update(failed, replacing: session)
                    }
                }
            }
            try await group.waitForAll()
        }
        let device = try #require(try await store.devices().first)
        #expect(device.info.split(separator: ",").compactMap { Int($0) }.sorted() == Array(0..<40))
        #expect(try await store.sessions().map(\.totalLogs) == [41])
        #expect(try await store.sessions().map(\.status) == [.failed])
        #expect(try await store.checkTables() == [])
        // A device that an edit made is the one that later logs name.
        try await store.editTables { (editor) throws(LogError) in
            _ = try editor.insert(DeviceRecord(dsn: Array("E".utf8), seen: 0))
        }
        _ = try await store.append(Batch([Entry(time: entry.time, device: "E", message: "m")]))
        #expect(try await store.devices().map(\.name) == ["D", "E"])
        await store.close()
    }

    @Test func anEditThatFailsHindersNoOther() async throws {
        let store = try await LogStore.open(at: directory.path)
        let made = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<60 {
                group.addTask {
                    do {
                        try await store.editTables { (editor) throws(LogError) in
                            let note = try editor.insert(NoteRecord("note \(number)"))
                            if number % 3 == 0 { try editor.insert(NoteRecord(note.text)) }
                        }
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 40)
        let (last, problems) = try await store.readTables { (reader) throws(LogError) in
            (try reader.lastID(of: NoteRecord.self), try reader.problems(of: NoteRecord.self))
        }
        #expect(last == 40 && problems == [])
        await store.close()
        await #expect(throws: LogError.self) { try await store.editTables { _ in } }
    }

    @Test func manyChangesAtATimeAllCount() async throws {
        let store = try await LogStore.open(at: directory.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await store.editTables { (editor) throws(LogError) in
                        try editor.insert(NoteRecord("note \(number)"))
                    }
                }
            }
            try await group.waitForAll()
        }
        let last = try await store.readTables { (reader) throws(LogError) in try reader.lastID(of: NoteRecord.self) }
        #expect(last == 40)
        await store.close()
    }
}

private struct NoteRecord: TableRecord {
    var id: UInt64 = 0
    var text: String

    static let tableNumber: UInt8 = 200
    static let tableName = "notes"
    static let byText = TableIndex<NoteRecord>(number: 1, name: "text", isUnique: true) { Array($0.text.utf8) }
    static let indexes = [byText]

    init(id: UInt64 = 0, _ text: String) {
        self.id = id
        self.text = text
    }

    func encode(into fields: inout FieldWriter) { fields.text(1, text) }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        self.id = id
        text = fields.text(1) ?? ""
    }
}
