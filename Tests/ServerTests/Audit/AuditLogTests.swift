import LogDB
import LogModel
import Testing

@testable import Server

struct AuditLogTests {
    @Test func whatIsDoneIsWrittenDown() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        _ = try await place.login("admin", "a wrong guess")
        _ = try await place.send(
            "POST", "/api/v1/admin/users", as: admin,
            json: #"{"username":"bob","password":"long enough","role":"viewer"}"#)
        _ = try await place.send("DELETE", "/api/v1/admin/users/bob", as: admin)
        let answer = try await place.send("GET", "/api/v1/admin/audit?verify=true", as: admin)
        let rows = answer.json["entries"]?.array ?? []
        #expect(
            rows.compactMap { $0["action"]?.text } == [
                "user.remove", "user.add", "auth.login", "auth.login", "user.add",
            ])
        #expect(
            rows.compactMap { $0["actor"]?.text } == ["user:admin", "user:admin", "nobody", "user:admin", "command"])
        #expect(rows.compactMap { $0["outcome"]?.text } == ["done", "done", "refused", "done", "done"])
        #expect(rows[0]["target"]?.text == "bob" && rows[0]["address"]?.text == "127.0.0.1")
        #expect(answer.json["chain"]?["intact"]?.flag == true && answer.json["chain"]?["entries"]?.int == 5)
        #expect(!answer.text.contains("long enough") && !answer.text.contains("wrong guess"))
        let page = try await place.send("GET", "/api/v1/admin/audit?limit=2", as: admin).json
        let cursor = try #require(page["next_cursor"]?.text)
        let next = try await place.send("GET", "/api/v1/admin/audit?limit=10&cursor=\(cursor)", as: admin).json
        #expect(next["entries"]?.array.count == 3 && next["next_cursor"] == .null)
    }

    @Test func aChangedRowShows() async throws {
        let directory = try ScratchDirectory()
        let store = try await LogStore.open(at: directory.path)
        let log = AuditLog(store)
        for number in 1...20 { try await log.append(AuditEvent(actor: "a", action: "do", target: "\(number)")) }
        #expect(try await log.verify().isIntact)
        let head = try await log.verify().head
        // Somebody who can write to the store changes a row, its hash included.
        try await store.editTables { (editor) throws(LogError) in
            guard let row = try editor.row(7, of: AuditRecord.self) else { return }
            var changed = row
            changed.actor = "b"
            changed.hash = changed.expectedHash
            try editor.update(changed, replacing: row)
        }
        let changed = try await log.verify()
        #expect(changed.brokenAt == 8 && !changed.isIntact)
        // Or takes one out.
        try await store.editTables { (editor) throws(LogError) in
            if let row = try editor.row(3, of: AuditRecord.self) { try editor.delete(row) }
        }
        #expect(try await log.verify().brokenAt == 3)
        // Or cuts the end off.
        try await store.editTables { (editor) throws(LogError) in
            if let row = try editor.row(20, of: AuditRecord.self) { try editor.delete(row) }
        }
        #expect(try await log.verify().head != head)
        await store.close()
    }

    @Test func rowsOfManyAtATimeMakeOneChain() async throws {
        let directory = try ScratchDirectory()
        let store = try await LogStore.open(at: directory.path)
        let log = AuditLog(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<30 {
                group.addTask { try await log.append(AuditEvent(actor: "a", action: "do", target: "\(number)")) }
            }
            try await group.waitForAll()
        }
        let found = try await log.verify()
        #expect(found.isIntact && found.count == 30)
        await store.close()
    }
}
