import LogModel
import Testing

@testable import LogDB

/// A store and its model, taken through the same steps.
struct ModelRun {
    private var directory: TemporaryDirectory
    private var store: LogStore
    private var model = StoreModel()
    private var generator: SeededGenerator
    private var factory: EntryFactory
    private var batchCount = 0
    private let seed: UInt64
    private let options: Options

    init(seed: UInt64) async throws {
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        factory = EntryFactory(seed: seed &+ 1_000)
        // From all entries of one time to hardly two of the same.
        factory.stepMax = [0, 1, 40].randomElement(using: &generator)!
        var options = Options()
        options.headRowCountMax = [1_024, 4_096].randomElement(using: &generator)!
        options.blockRowCountMax = 256
        options.mergeFanIn = [2, 3, 64].randomElement(using: &generator)!
        self.options = options
        directory = try TemporaryDirectory()
        store = try await LogStore.open(at: directory.path, options: options)
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<22: try await append()
        case 22..<34: try await appendWithIdentity()
        case 34..<40: try await sendAgain()
        case 40..<46: try await appendConcurrently()
        case 46..<51: try await store.sealHead()
        case 51..<54: try await store.maintenance.mergeAll { _, _ in }
        case 54..<55: try await store.compact()
        case 55..<59: try await reopen()
        case 59..<62: try await crash()
        case 62..<65: try await crashWhileAppending()
        case 65..<67: try await delete()
        case 67..<68: try await purge()
        case 68..<77: try await scan()
        case 77..<82: try await page()
        case 82..<91: try await aggregate()
        case 91..<97: try await lookUp()
        default: try await checkTables()
        }
    }

    /// Compares everything, then closes.
    mutating func finish() async throws {
        try await checkAll()
        try await checkTables()
        try await reopen()
        try await purge()
        try await store.compact()
        try await checkAll()
        #expect(try store.orphans() == [], "seed \(seed)")
        #expect(store.metrics.maintenanceFailures == 0, "seed \(seed)")
        await store.close()
    }

    private func checkAll() async throws {
        #expect(try await store.storedRows() == model.ordered.reversed(), "seed \(seed)")
        #expect(try await store.storedRows(ScanRequest(order: .oldestFirst)) == model.ordered, "seed \(seed)")
    }

    // MARK: Appending

    /// Entries that carry the number of their batch, so that a part of a batch is known for one.
    private mutating func nextEntries(_ countMax: Int) -> [Entry] {
        batchCount += 1
        if Int.random(in: 0..<25, using: &generator) == 0 {
            factory.now += Int64.random(in: -2...2, using: &generator) * Timestamp.microsecondsPerDay
        }
        return (0..<Int.random(in: 1...countMax, using: &generator)).map { _ in
            var entry = factory.entry()
            entry.context.append(.init("batch", String(batchCount)))
            return entry.normalized
        }
    }

    private mutating func append() async throws {
        let entries = nextEntries(60)
        let since = Timestamp.now
        let receipt = try await store.append(
            Batch(entries), durability: Bool.random(using: &generator) ? .synced : .interval)
        #expect(
            receipt == AppendReceipt(accepted: entries.count, duplicates: 0, rejected: [], acknowledgedThrough: nil))
        let new = try await newRows(since)
        #expect(new.map(\.entry) == entries, "seed \(seed)")
        model.append(new)
    }

    private mutating func nextIdentity() -> BatchIdentity {
        let device = "DEV-\(Int.random(in: 0...1, using: &generator))"
        let boot = ["b1", "b2\u{0}"].randomElement(using: &generator)!
        var identity = BatchIdentity(device: device, boot: boot, sequence: 1)
        identity.sequence = (model.acknowledgedThrough(identity) ?? 0) + 1
        // At times one overtakes those before it.
        while model.batches[identity] != nil || Int.random(in: 0..<4, using: &generator) == 0 {
            identity.sequence += 1
        }
        return identity
    }

    private mutating func appendWithIdentity() async throws {
        let entries = nextEntries(30)
        let identity = nextIdentity()
        let since = Timestamp.now
        let receipt = try await store.append(Batch(entries), identity: identity)
        model.batches[identity] = entries
        #expect(receipt.accepted == entries.count, "seed \(seed)")
        #expect(receipt.acknowledgedThrough == model.acknowledgedThrough(identity), "seed \(seed)")
        let new = try await newRows(since)
        #expect(new.map(\.entry) == entries, "seed \(seed)")
        model.append(new)
    }

    /// A batch that was stored is known again, and its sequence is not given to another.
    private mutating func sendAgain() async throws {
        let known = model.batches.keys.sorted { ($0.device, $0.boot, $0.sequence) < ($1.device, $1.boot, $1.sequence) }
        guard let identity = known.randomElement(using: &generator), let entries = model.batches[identity] else {
            return
        }
        let receipt = try await store.append(Batch(entries), identity: identity)
        #expect(
            receipt
                == AppendReceipt(
                    accepted: 0, duplicates: entries.count, rejected: [],
                    acknowledgedThrough: model.acknowledgedThrough(identity)), "seed \(seed)")
        let others = nextEntries(5)
        let store = store
        await #expect("seed \(seed)") { try await store.append(Batch(others), identity: identity) } throws: {
            ($0 as? LogError)?.code == .sequenceConflict
        }
    }

    private mutating func appendConcurrently() async throws {
        let batches = (0..<4).map { _ in nextEntries(25) }
        let since = Timestamp.now
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for entries in batches { group.addTask { _ = try await store.append(Batch(entries)) } }
            try await group.waitForAll()
        }
        let new = try await newRows(since)
        #expect(new.count == batches.reduce(0) { $0 + $1.count }, "seed \(seed)")
        expectWholeBatches(new, batches)
        model.append(new)
    }

    /// The rows stand batch by batch, each of which is there whole.
    private func expectWholeBatches(_ rows: [StoredRow], _ batches: [[Entry]]) {
        var rest = rows.map(\.entry)[...]
        while let first = rest.first {
            guard let batch = batches.first(where: { $0[0].context == first.context }) else {
                Issue.record("seed \(seed): \(first) was not appended")
                return
            }
            #expect(Array(rest.prefix(batch.count)) == batch, "seed \(seed)")
            rest = rest.dropFirst(batch.count)
        }
    }

    /// The rows that the model does not know, by their sequence.
    private func newRows(_ since: Timestamp) async throws -> [StoredRow] {
        let range = TimeRange(since: since, until: Timestamp(microseconds: .max))
        let found = try await store.storedRows(ScanRequest(filter: .received(range)))
            .filter { $0.key.sequence >= model.nextSequence }.sorted { $0.key.sequence < $1.key.sequence }
        #expect(found.map(\.key.sequence) == found.indices.map { model.nextSequence + UInt64($0) }, "seed \(seed)")
        return found
    }

    // MARK: Deleting

    private mutating func delete() async throws {
        guard !model.rows.isEmpty else { return }
        var filters = FilterRandom(seed: generator.next(), rows: model.rows)
        // Mostly little of what there is, so that something is left to go on with.
        let filter = Filter.all([filters.filter(), filters.filter()])
        let range =
            Bool.random(using: &generator) ? filters.range(of: model.rows.map(\.entry.time.microseconds)) : .all
        let deletion = try await store.delete(filter, range: range, query: "\(filter)", author: "model")
        #expect(deletion.hiddenCount == UInt64(model.delete(filter, range)), "seed \(seed): \(filter)")
        try await checkAll()
    }

    private mutating func purge() async throws {
        try await store.purgeDeleted()
        #expect(!store.hasDeletedEntries, "seed \(seed)")
        for deletion in try await store.deletions() {
            #expect(deletion.purgedCount == deletion.hiddenCount, "seed \(seed): \(deletion.query)")
        }
        try await checkAll()
        try await checkTables()
    }

    // MARK: Ends and beginnings

    private mutating func reopen() async throws {
        await store.close()
        store = try await LogStore.open(at: directory.path, options: options)
        try await checkAll()
    }

    /// Goes on with what a crash of this moment leaves.
    private mutating func crash() async throws {
        let copy = try directory.copy()
        await store.close()
        directory = copy
        store = try await LogStore.open(at: copy.path, options: options)
        try await checkAll()
    }

    /// Of what was under way at a crash each batch is there or not, and all else is.
    private mutating func crashWhileAppending() async throws {
        let sent = (0..<6).map { index in (identity: index < 3 ? nextIdentity() : nil, entries: nextEntries(20)) }
            .filter { [model] in $0.identity.map { model.batches[$0] == nil } ?? true }
        let since = Timestamp.now
        let store = store
        let directory = directory
        let copy = try await withThrowingTaskGroup(of: Void.self) { group in
            // Two of one identity are the same to the store: the second is a conflict, which is an answer too.
            for (identity, entries) in sent {
                group.addTask { _ = try? await store.append(Batch(entries), identity: identity) }
            }
            let copy = try directory.copy()
            try await group.waitForAll()
            return copy
        }
        await store.close()
        self.directory = copy
        self.store = try await LogStore.open(at: copy.path, options: options)
        let new = try await newRows(since)
        expectWholeBatches(new, sent.map(\.entries))
        model.append(new)
        let found = Set(new.map(\.entry))
        for (identity, entries) in sent {
            if let identity, found.contains(entries[0]) { model.batches[identity] = entries }
        }
        try await checkAll()
    }

    // MARK: Reading

    private mutating func request() -> ScanRequest {
        var filters = FilterRandom(seed: generator.next(), rows: model.rows)
        var request = ScanRequest(
            filter: filters.filter(), order: Bool.random(using: &generator) ? .newestFirst : .oldestFirst)
        if Bool.random(using: &generator) {
            request.range = filters.range(of: model.rows.map(\.entry.time.microseconds))
        }
        if Bool.random(using: &generator) { request.limit = Int.random(in: 0...40, using: &generator) }
        if Int.random(in: 0..<3, using: &generator) == 0 {
            request.after = model.rows.randomElement(using: &generator)?.key
        }
        // All rows of one microsecond must fit.
        if factory.stepMax > 0, Bool.random(using: &generator) { request.memoryByteCountMax = 1 << 16 }
        return request
    }

    private mutating func scan() async throws {
        for _ in 0..<4 {
            let request = request()
            #expect(try await store.storedRows(request) == model.scan(request), "seed \(seed): \(request)")
        }
    }

    /// Page after page gives what one scan gives.
    private mutating func page() async throws {
        var request = request()
        request.after = nil
        request.limit = nil
        let expected = model.scan(request)
        request.limit = max(1, expected.count / Int.random(in: 1...8, using: &generator))
        var found: [StoredRow] = []
        while true {
            let page = try await store.storedRows(request)
            guard let last = page.last else { break }
            found += page
            request.after = last.key
        }
        #expect(found == expected, "seed \(seed): \(request)")
    }

    private mutating func aggregate() async throws {
        let keys: [GroupKey] = [
            .field(.level), .field(.module), .field(.device), .field(.session), .field(.thread),
            .field(.context("camera_id")), .field(.context("batch")), .timeBucket(step: 1_000_000, offset: 0),
            .timeBucket(step: 86_400_000_000, offset: 3_600_000_000),
        ]
        for _ in 0..<3 {
            let scan = request()
            let request = AggregateRequest(
                range: scan.range, filter: Bool.random(using: &generator) ? .everything : scan.filter,
                keys: Array(keys.shuffled(using: &generator).prefix(Int.random(in: 0...2, using: &generator))))
            let result = try await store.aggregate(request)
            let found = Dictionary(uniqueKeysWithValues: result.groups.map { ($0.values, $0.count) })
            #expect(found == model.groups(request), "seed \(seed): \(request)")
        }
    }

    private mutating func lookUp() async throws {
        for _ in 0..<3 {
            guard let row = model.rows.randomElement(using: &generator) else { return }
            #expect(try await store.entry(row.key).stored == [row], "seed \(seed)")
            let before = Int.random(in: 0...9, using: &generator)
            let after = Int.random(in: 0...9, using: &generator)
            let found = try await store.context(of: row.key, before: before, after: after).stored
            #expect(found == model.context(of: row.key, before: before, after: after), "seed \(seed)")
        }
    }

    /// What was accepted is there, or was deleted, or is expired.
    private func checkLosses() async throws {
        var left: [UInt64: UInt64] = [:]
        for row in model.rows where !row.entry.session.isEmpty { left[row.key.session, default: 0] += 1 }
        let losses = try await store.losses()
        for session in try await store.sessions() {
            let loss = losses[session.id] ?? SessionLoss(id: session.id)
            #expect(
                session.totalLogs == left[session.id, default: 0] + loss.deletedCount + loss.expiredCount,
                "seed \(seed): session \(session.id)")
        }
    }

    private func checkTables() async throws {
        #expect(try await store.checkTables() == [], "seed \(seed)")
        let devices = try await store.devices()
        var found: [[String]: [UInt64]] = [:]
        for session in try await store.sessions() {
            let device = devices.first { $0.id == session.device }?.name ?? ""
            found[[device, String(decoding: session.sessionID, as: UTF8.self)]] = session.levelCounts
        }
        #expect(found == model.sessions, "seed \(seed)")
        if !store.hasDeletedEntries { try await checkLosses() }
        let segmentRows = store.view.snapshot().segments.reduce(0) { $0 + $1.record.rowCount }
        if store.hasDeletedEntries {
            #expect(segmentRows + store.metrics.headRows >= UInt64(model.rows.count), "seed \(seed)")
        } else {
            #expect(segmentRows + store.metrics.headRows == UInt64(model.rows.count), "seed \(seed)")
        }
    }
}
