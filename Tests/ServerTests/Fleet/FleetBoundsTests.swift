import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// What a fleet may hold, and for how long.
struct FleetBoundsTests {
    private let clock = TestClock()
    private let place: EncryptedServer

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
    }

    private var fleet: Fleet { place.server.services.fleet }
    private var store: LogStore { place.server.services.store }

    /// Puts commands in the table, in one commit.
    private func insert(_ count: Int, output: String = "", isOpen: Bool, into device: UInt64 = 1) async throws {
        let now = clock.now.microseconds
        try await store.editTables { (editor) throws(LogError) in
            for _ in 0..<count {
                var command = CommandRecord(
                    deviceID: device, accountID: AccountRecord.defaultID, sender: "", command: "x", arguments: "{}",
                    created: now, expires: now + 1_000_000, attemptsMax: 1)
                if !isOpen { command.finish(.failed, output, at: now, isDead: true) }
                try editor.insert(command)
            }
        }
    }

    private func rowCount<Record: TableRecord>(_ table: Record.Type) async throws -> Int {
        try await store.readTables { (reader) throws(LogError) in
            var count = 0
            try reader.forEach(of: table) { (_) throws(LogError) in
                count += 1
                return true
            }
            return count
        }
    }

    /// Removes what is over until so many rows are left: the server does it too, now and then, and may be at it.
    private func reach<Record: TableRecord>(_ table: Record.Type, _ count: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        repeat {
            _ = try await fleet.removeHistory()
        } while try await rowCount(table) != count
            && ContinuousClock.now < deadline
        #expect(try await rowCount(table) == count)
    }

    @Test func aDeviceHasSoManyOpenCommands() async throws {
        _ = try await place.registered("DEV-1")
        _ = try await place.registered("DEV-2")
        try await insert(Fleet.openCommandCountMax, isOpen: true)
        func send(_ json: String) async throws -> Answer {
            try await place.send("POST", "/api/v1/fleet/commands", json: json)
        }
        let one = try await send(#"{"device_id":"DEV-1","command":"y"}"#)
        #expect(one.status == 409 && one.problem == "too_many_commands", "\(one.text)")
        // All get it, or none does.
        #expect(try await send(#"{"filter":"type:drone","command":"y"}"#).problem == "too_many_commands")
        #expect(try await rowCount(CommandRecord.self) == Fleet.openCommandCountMax)
        #expect(try await send(#"{"device_id":"DEV-2","command":"y"}"#).status == 201)
        let device = try await fleet.device("DEV-2")
        let order = Fleet.Order(command: "y", arguments: String(repeating: "x", count: 1 << 20))
        await #expect(throws: FleetError.self) {
            try await fleet.send(order, to: Array(repeating: device, count: 17), by: .command)
        }
    }

    @Test func aPageHasSoManyBytes() async throws {
        _ = try await place.registered("DEV-1")
        try await insert(300, output: String(repeating: "x", count: 40_000), isOpen: false)
        for path in ["/api/v1/fleet/devices/DEV-1/commands/history", "/api/v1/fleet/commands/dead-letters"] {
            var ids: Set<Int> = []
            var cursor: String? = ""
            var pageCount = 0
            while let at = cursor {
                let page = try await place.send("GET", path + "?limit=1000" + (at.isEmpty ? "" : "&cursor=\(at)"))
                #expect(page.status == 200 && page.reply.body.count < 10 << 20)
                ids.formUnion(page.json["commands"]?.array.compactMap { $0["id"]?.int } ?? [])
                cursor = page.json["next_cursor"]?.text
                pageCount += 1
            }
            #expect(ids.count == 300 && pageCount == 2)
        }
    }

    @Test func whatIsOverGoesAfterAWhile() async throws {
        _ = try await place.registered("DEV-1")
        try await insert(1_200, isOpen: false)
        try await insert(1, isOpen: true)
        #expect(try await fleet.removeHistory() == 0)
        clock.advance(seconds: 90.5 * 86_400)
        // The capsule's token was good for a day more.
        try await reach(CommandRecord.self, 1)
        #expect(try await rowCount(CapsuleRecord.self) == 1)
        #expect(try await rowCount(CertificateRecord.self) == 1)
        clock.advance(seconds: 91 * 86_400)
        try await reach(CapsuleRecord.self, 0)
        try await reach(CertificateRecord.self, 0)
        #expect(try await place.send("GET", "/api/v1/admin/check").json["problems"] == .array([]))
    }

    /// The key and what it made are one commit: where one is not written, neither is the other.
    @Test func aKeyIsRecordedWithWhatItMade() async throws {
        _ = try await place.registered("DEV-1")
        let device = try await fleet.device("DEV-1")
        await #expect(throws: LogError.self) {
            try await fleet.send(Fleet.Order(command: "x"), to: [device], by: .command) { (_, _) throws(LogError) in
                throw LogError(.io, "no room")
            }
        }
        #expect(try await rowCount(CommandRecord.self) == 0)
        for (path, json) in [
            ("/api/v1/fleet/commands", #"{"device_id":"DEV-1","command":"x"}"#),
            ("/api/v1/capsules/generate", #"{"dsn":"DEV-9","type":"drone"}"#),
        ] {
            let keys = try await rowCount(IdempotencyRecord.self)
            let answer = try await place.send("POST", path, json: json, headers: ["Idempotency-Key": "k"])
            #expect(answer.status == 201, "\(answer.text)")
            #expect(try await rowCount(IdempotencyRecord.self) == keys + 1)
        }
        #expect(try await rowCount(CommandRecord.self) == 1)
    }
}
