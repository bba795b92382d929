import Testing

@testable import LogDB

/// Lists of devices against a plain walk over all rows.
struct DeviceFilterTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static func random(_ number: Int, _ generator: inout SeededGenerator) -> DeviceRecord {
        var device = DeviceRecord(dsn: Array("RBT-\(number)".utf8), seen: 0)
        device.name = ["Größe", "Rover", "Straße 9", "kiwi\u{0}x"].randomElement(using: &generator)! + " \(number % 7)"
        device.accountID = [1, 1, 2, 300].randomElement(using: &generator)!
        device.environment = ([nil] + DeviceEnvironment.allCases.map(Optional.some)).randomElement(using: &generator)!
        device.status = DeviceStatus.allCases.randomElement(using: &generator)!
        device.type = ([nil] + DeviceType.allCases.map(Optional.some)).randomElement(using: &generator)!
        if Int.random(in: 0..<8, using: &generator) == 0 { device.decommissionedAt = 1 }
        return device
    }

    private static func passes(_ device: DeviceRecord, _ filter: DeviceFilter) -> Bool {
        filter.matches(device)
            && (filter.search.map { device.name.lowercased().contains($0.lowercased()) } ?? true)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func pagesAreWhatAWalkFinds(_ seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let store = try await LogStore.open(at: directory.path)
        var all: [DeviceRecord] = []
        for number in 0..<300 {
            let device = Self.random(number, &generator)
            all.append(try await store.editTables { (editor) throws(LogError) in try editor.insert(device) })
        }
        // Half of them change, so that entries moved.
        for index in all.indices where Bool.random(using: &generator) {
            var device = Self.random(index, &generator)
            device.id = all[index].id
            let (new, old) = (device, all[index])
            try await store.editTables { (editor) throws(LogError) in try editor.update(new, replacing: old) }
            all[index] = device
        }
        var foundCount = 0
        for _ in 0..<60 {
            var filter = DeviceFilter()
            filter.accountID = [nil, nil, 1, 2, 300, 9].randomElement(using: &generator)!
            filter.environment = [nil, nil, .production, .testing].randomElement(using: &generator)!
            filter.status = [nil, .offline, .error].randomElement(using: &generator)!
            filter.type = [nil, .drone].randomElement(using: &generator)!
            filter.search = [nil, "rover", "STRASSE", "größe 3", "\u{0}X", "nothing"].randomElement(using: &generator)!
            if filter.search == "STRASSE" { filter.search = "straße" }
            let limit = Int.random(in: 1...40, using: &generator)
            var found: [DeviceRecord] = []
            var next: UInt64? = 0
            while let after = next {
                let asked = filter
                let page = try await store.readTables { (reader) throws(LogError) in
                    try reader.devices(asked, after: after, limit: limit)
                }
                #expect(page.devices.count == limit || page.next == nil)
                found += page.devices
                next = page.next
            }
            #expect(found == all.filter { Self.passes($0, filter) }, "\(filter)")
            foundCount += found.count
        }
        #expect(foundCount > 100)
        #expect(try await store.checkTables() == [])
        await store.close()
    }

    /// A store of before has no entries to list devices by; a newer one is left alone.
    @Test func theTablesOfAnOlderStoreAreBroughtUpToDate() async throws {
        var store = try await LogStore.open(at: directory.path)
        for number in 0..<2_500 {
            let device = DeviceRecord(dsn: Array("D\(number)".utf8), seen: 0)
            try store.put(.tables, TableKeys.row(1, UInt64(number) + 1), Table.encode(try identified(device, number)))
            try store.put(
                .tables, TableKeys.uniqueEntry(1, 1, device.dsn), KeyLayout.staging(UInt64(number) + 1))
        }
        try store.put(.tables, TableKeys.nextID(1), KeyLayout.staging(2_500))
        try store.remove(.meta, KeyLayout.tableSchema)
        #expect(try await store.checkTables() != [])
        await store.close()
        store = try await LogStore.open(at: directory.path)
        #expect(try await store.checkTables() == [])
        let (devices, next) = try await store.readTables { (reader) throws(LogError) in
            try reader.devices(DeviceFilter(), limit: 10_000)
        }
        #expect(devices.count == 2_500 && next == nil)
        try store.put(.meta, KeyLayout.tableSchema, KeyLayout.staging(TableSchema.current + 1))
        await store.close()
        let error = await #expect(throws: LogError.self) { try await LogStore.open(at: directory.path) }
        #expect(error?.code == .formatTooNew)
    }

    private func identified(_ device: DeviceRecord, _ number: Int) throws -> DeviceRecord {
        var device = device
        device.id = UInt64(number) + 1
        return device
    }
}
