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

    @Test func tablesOfTheLogsAreRefused() async throws {
        let store = try await LogStore.open(at: directory.path)
        await #expect(throws: LogError.self) {
            try await store.editTables { (editor) throws(LogError) in
                try editor.insert(DeviceRecord(dsn: [1], seen: 0))
            }
        }
        await store.close()
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
