import Testing

@testable import LogDB

struct TableTests {
    private let directory: TemporaryDirectory
    private let store: RocksStore
    private let parts: Table<PartRecord>

    init() throws {
        directory = try TemporaryDirectory()
        store = try RocksStore(path: directory.path, cacheByteCount: 1 << 20)
        parts = Table(store: store)
    }

    /// Runs `body` in a transaction and writes what it changed.
    @discardableResult
    private func change<R>(_ body: (TableTransaction) throws -> R) throws -> R {
        let transaction = TableTransaction(store)
        let result = try body(transaction)
        try apply(transaction)
        return result
    }

    private func apply(_ transaction: TableTransaction) throws {
        var batch = WriteBatch()
        transaction.apply(to: &batch)
        try store.write(batch, synced: false)
    }

    private var all: [PartRecord] {
        get throws {
            var found: [PartRecord] = []
            try parts.forEach { (part) throws(LogError) in
                found.append(part)
                return true
            }
            return found
        }
    }

    private var problems: [String] { get throws { try TableCheck.problems(PartRecord.self, store) } }

    // MARK: Rows and indexes

    @Test func aRowIsFoundByItsIDAndByEachIndex() throws {
        let (one, two) = try change { transaction in
            (
                try transaction.insert(PartRecord("a", slot: 9, group: "g")),
                try transaction.insert(PartRecord("b", group: "g"))
            )
        }
        #expect([one.id, two.id] == [1, 2])
        #expect(try parts.row(1) == one)
        #expect(try parts.row(3) == nil)
        #expect(try parts.row(PartRecord.byCode, Array("b".utf8)) == two)
        #expect(try parts.row(PartRecord.byCode, Array("c".utf8)) == nil)
        #expect(try parts.row(PartRecord.bySlot, KeyLayout.staging(9)) == one)
        #expect(try parts.rows(PartRecord.byGroup, Array("g".utf8)) == [one, two])
        #expect(try parts.rows(PartRecord.byGroup, []) == [])
        #expect(try all == [one, two])
        #expect(try problems == [])
    }

    @Test func anUpdateMovesTheIndexEntriesThatChange() throws {
        let old = try change { try $0.insert(PartRecord("a", slot: 9, group: "g")) }
        var new = old
        new.slot = nil
        new.group = Array("h".utf8)
        try change { try $0.update(new, replacing: old) }
        #expect(try parts.row(PartRecord.byCode, Array("a".utf8)) == new)
        #expect(try parts.row(PartRecord.bySlot, KeyLayout.staging(9)) == nil)
        #expect(try parts.rows(PartRecord.byGroup, Array("g".utf8)) == [])
        #expect(try parts.rows(PartRecord.byGroup, Array("h".utf8)) == [new])
        #expect(try problems == [])
    }

    @Test func aRemovedRowLeavesNothingAndItsIDIsNotGivenAgain() throws {
        let part = try change { try $0.insert(PartRecord("a", slot: 9, group: "g")) }
        try change { $0.delete(part) }
        #expect(try all == [])
        #expect(try store.everything().filter { $0.family == .tables }.map(\.key) == [TableKeys.nextID(200)])
        let next = try change { try $0.insert(PartRecord("a", slot: 9, group: "g")) }
        #expect(next.id == 2)
        #expect(try problems == [])
    }

    @Test func aTransactionSeesItsChangesAndNobodyElseDoes() throws {
        let transaction = TableTransaction(store)
        let part = try transaction.insert(PartRecord("a", group: "g"))
        #expect(try transaction.row(1, of: PartRecord.self) == part)
        #expect(try transaction.row(PartRecord.byCode, Array("a".utf8)) == part)
        #expect(try all == [])
        transaction.delete(part)
        #expect(try transaction.row(1, of: PartRecord.self) == nil)
        #expect(try transaction.row(PartRecord.byCode, Array("a".utf8)) == nil)
        try apply(transaction)
        #expect(transaction.isEmpty)
        #expect(try all == [])
        #expect(try problems == [])
    }

    // MARK: Unique values

    @Test func aTakenUniqueValueIsRefusedAndNothingIsChanged() throws {
        let (one, two) = try change { transaction in
            (
                try transaction.insert(PartRecord("a", slot: 1, group: "g")),
                try transaction.insert(PartRecord("b", slot: 2, group: "g"))
            )
        }
        let before = try store.everything()
        try change { transaction in
            for taken in [PartRecord("a", slot: 3, group: "h"), PartRecord("c", slot: 2, group: "h")] {
                expectRefusal { _ = try transaction.insert(taken) }
            }
            for (code, slot) in [("b", 1), ("b", 2), ("new", 2)] as [(String, UInt64)] {
                var changed = one
                changed.code = Array(code.utf8)
                changed.slot = slot
                changed.group = nil
                expectRefusal { try transaction.update(changed, replacing: one) }
            }
            #expect(transaction.isEmpty)
        }
        #expect(try store.everything() == before)
        #expect(try all == [one, two])
        #expect(try problems == [])
    }

    @Test func aUniqueValueIsTakenWithinItsTransactionToo() throws {
        try change { transaction in
            let part = try transaction.insert(PartRecord("a"))
            expectRefusal { _ = try transaction.insert(PartRecord("a")) }
            transaction.delete(part)
            _ = try transaction.insert(PartRecord("a"))
        }
        #expect(try all.map(\.code) == [Array("a".utf8)])
        #expect(try problems == [])
    }

    private func expectRefusal(sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) {
        #expect(sourceLocation: sourceLocation) { try body() } throws: {
            guard let error = $0 as? LogError else { return false }
            return error.code == .invalidArgument && error.message.contains("parts has the same")
        }
    }

    // MARK: Values of any bytes

    @Test func noValueOfAnIndexReachesIntoAnother() throws {
        let groups: [[UInt8]] = [
            [], [0], [0, 0], [0, 0xff], [0, 1], [1], [0x61], [0x61, 0], [0x61, 0, 0], [0x61, 0, 0xff], [0x61, 0x62],
            [0xff], [0xff, 0xff], [0, 0, 0, 0, 0, 0, 0, 0, 1],
        ]
        try change { transaction in
            for (index, group) in groups.enumerated() {
                for copy in 0..<2 {
                    var part = PartRecord("\(copy)-\(index)")
                    part.group = group
                    _ = try transaction.insert(part)
                }
            }
        }
        for group in groups {
            let found = try parts.rows(PartRecord.byGroup, group)
            #expect(found.map(\.group) == [group, group])
        }
        for code in groups {
            var part = PartRecord("")
            part.code = [9] + code
            try change { _ = try $0.insert(part) }
        }
        for code in groups { #expect(try parts.row(PartRecord.byCode, [9] + code)?.code == [9] + code) }
        #expect(try problems == [])
    }

    // MARK: Every order of changes

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func anyOrderOfChangesGivesWhatItShould(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var rows: [UInt64: PartRecord] = [:]
        var lastID: UInt64 = 0
        func random() -> PartRecord {
            PartRecord(
                ["", "a", "a\u{0}", "b", "ab", "c", "\u{0}", "é"].randomElement(using: &generator)!
                    + String(Int.random(in: 0..<4, using: &generator)),
                slot: Bool.random(using: &generator) ? UInt64.random(in: 0..<12, using: &generator) : nil,
                group: ["g", "g\u{0}", "", nil].randomElement(using: &generator)!)
        }
        func isTaken(_ part: PartRecord, but id: UInt64) -> Bool {
            rows.values.contains {
                $0.id != id && ($0.code == part.code || part.slot != nil && $0.slot == part.slot)
            }
        }
        for _ in 0..<60 {
            let transaction = TableTransaction(store)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let target = rows.values.sorted { $0.id < $1.id }.randomElement(using: &generator)
                var part = random()
                switch (Int.random(in: 0..<4, using: &generator), target) {
                case (0, let target?):
                    transaction.delete(target)
                    rows[target.id] = nil
                case (1, let target?):
                    part.id = target.id
                    if isTaken(part, but: target.id) {
                        expectRefusal { try transaction.update(part, replacing: target) }
                    } else {
                        try transaction.update(part, replacing: target)
                        rows[target.id] = part
                    }
                default:
                    if isTaken(part, but: 0) {
                        expectRefusal { _ = try transaction.insert(part) }
                    } else {
                        let inserted = try transaction.insert(part)
                        #expect(inserted.id > lastID)
                        lastID = inserted.id
                        rows[inserted.id] = inserted
                    }
                }
            }
            try apply(transaction)
            #expect(try all == rows.values.sorted { $0.id < $1.id })
        }
        #expect(rows.count > 5)
        for group in ["g", "g\u{0}", ""] {
            let expected = rows.values.filter { $0.group == Array(group.utf8) }.sorted { $0.id < $1.id }
            #expect(try parts.rows(PartRecord.byGroup, Array(group.utf8)) == expected)
        }
        for row in rows.values { #expect(try parts.row(PartRecord.byCode, row.code) == row) }
        #expect(try problems == [])
    }
}
