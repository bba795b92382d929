import LogModel
import Testing

@testable import LogDB

/// Every contradiction between a table and its indexes is told, and none ends the check.
struct TableCheckTests {
    /// Two devices, of which the first has two sessions.
    private func makeStore(_ directory: TemporaryDirectory) async throws -> LogStore {
        let store = try await LogStore.open(at: directory.path)
        let names = [("A", "one"), ("A", "two"), ("B", "")]
        _ = try await store.append(
            Batch(
                names.map {
                    Entry(time: Timestamp(microseconds: 1), device: $0.0, session: $0.1, message: "m")
                }))
        #expect(try await store.checkTables() == [])
        return store
    }

    /// What the check says after `damage`.
    private func problems(_ damage: (LogStore) throws -> Void) async throws -> [String] {
        let directory = try TemporaryDirectory()
        let store = try await makeStore(directory)
        try damage(store)
        let problems = try await store.checkTables()
        await store.close()
        return problems
    }

    private static let uniqueA = TableKeys.uniqueEntry(1, 1, Array("A".utf8))
    private static let foldedA = TableKeys.entry(1, 2, Array("a".utf8), 1)

    @Test func aMissingIndexEntryIsFound() async throws {
        let missing = ["devices 1 is missing from an index"]
        #expect(try await problems { try $0.remove(.tables, Self.uniqueA) } == missing)
        #expect(try await problems { try $0.remove(.tables, Self.foldedA) } == missing)
    }

    @Test func anIndexEntryWithoutARowIsFound() async throws {
        let dangling = ["index dsn of devices has an entry for 9 that no row has"]
        #expect(
            try await problems {
                try $0.put(.tables, TableKeys.uniqueEntry(1, 1, Array("Z".utf8)), KeyLayout.staging(9))
            } == dangling)
        let folded = ["index folded dsn of devices has an entry for 9 that no row has"]
        #expect(
            try await problems { try $0.put(.tables, TableKeys.entry(1, 2, Array("a".utf8), 9), []) } == folded)
        #expect(
            try await problems { try $0.put(.tables, TableKeys.entry(1, 2, Array("ab".utf8), 1), []) }
                == ["index folded dsn of devices has an entry for 1 that no row has"])
    }

    @Test func anIndexEntryForAnotherRowIsFound() async throws {
        #expect(
            try await problems { try $0.put(.tables, Self.uniqueA, KeyLayout.staging(2)) }
                == ["index dsn of devices has an entry for 2 that no row has", "devices 1 is missing from an index"])
    }

    /// The entries of a row that does not read are told as well.
    @Test func aDamagedRowIsFound() async throws {
        let found = try await problems { try $0.flipBit(.tables, TableKeys.row(1, 1)) }
        #expect(found.first == "devices 1 does not read: the checksum does not match")
        #expect(found.count == 1 + DeviceRecord.indexes.count)
    }

    @Test func twoRowsOfOneUniqueValueAreFound() async throws {
        let found = try await problems { store in
            var copy = DeviceRecord(dsn: Array("A".utf8), seen: 1)
            copy.id = 2
            try store.put(.tables, TableKeys.row(1, 2), Table.encode(copy))
        }
        #expect(found.contains("devices 1 and 2 have the same dsn"))
    }

    @Test func anIDPastTheLastGivenIsFound() async throws {
        let expected = ["sessions has id 2, past the last given, 1"]
        #expect(
            try await problems { try $0.put(.tables, TableKeys.nextID(2), KeyLayout.staging(1)) } == expected)
        #expect(
            try await problems { try $0.remove(.tables, TableKeys.nextID(2)) }
                == ["sessions has id 2, past the last given, 0"])
    }

    @Test(arguments: [[], [1], [0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 1]] as [[UInt8]])
    func valuesOfTheWrongLengthAreFound(_ value: [UInt8]) async throws {
        #expect(try await problems { try $0.put(.tables, Self.uniqueA, value) } != [])
        #expect(try await problems { try $0.put(.tables, TableKeys.nextID(1), value) } != [])
        #expect(try await problems { try $0.put(.tables, [1, TableKeys.rows] + value, value) } != [])
        #expect(try await problems { try $0.put(.tables, [1, 2] + value, []) } != [])
    }
}
