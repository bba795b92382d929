import LogModel
import Testing

@testable import LogDB

struct EntryLookupTests {
    @Test func everyRowIsFoundByItsIdentity() async throws {
        let mixed = try await MixedStore.make(seed: 100, rowCount: 300)
        for row in mixed.rows {
            #expect(EntryKey(id: row.key.id) == row.key)
            #expect(try await mixed.store.entry(row.key).stored == [row])
        }
        await mixed.store.close()
    }

    @Test func whatIsNoIdentityFindsNothing() async throws {
        let mixed = try await MixedStore.make(seed: 101, rowCount: 60)
        let key = mixed.rows[30].key
        for other in [
            EntryKey(time: key.time + 1, device: key.device, session: key.session, sequence: key.sequence),
            EntryKey(time: key.time, device: key.device + 1, session: key.session, sequence: key.sequence),
            EntryKey(time: key.time, device: key.device, session: key.session + 1, sequence: key.sequence),
            EntryKey(time: key.time, device: key.device, session: key.session, sequence: key.sequence + 1_000),
            EntryKey(time: .max, device: 0, session: 0, sequence: 0),
            EntryKey(time: .min, device: 0, session: 0, sequence: 0),
        ] {
            #expect(try await mixed.store.entry(other).isEmpty)
            #expect(try await mixed.store.context(of: other, before: 3, after: 3).isEmpty)
        }
        await mixed.store.close()
    }

    @Test(arguments: [
        "", "-", "1-2-3", "1-2-3-4-5", "1-2--4", "+1-2-3-4", "1-2-3-!", "1-zzzzzzzz-3-4", "zzzzzzzzzzzzzz-1-1-1",
        "1-2-3- 4",
    ])
    func textsThatAreNoIdentityDoNotRead(_ text: String) {
        #expect(EntryKey(id: text) == nil)
    }

    @Test func extremeIdentitiesComeBack() {
        for time in [Int64.min, -1, 0, .max] {
            let key = EntryKey(time: time, device: .max, session: .max, sequence: .max)
            #expect(EntryKey(id: key.id) == key)
        }
    }

    @Test(arguments: [102, 103] as [UInt64])
    func theContextOfAnEntryIsItsStreamAroundIt(_ seed: UInt64) async throws {
        let mixed = try await MixedStore.make(seed: seed, rowCount: 400) { if seed == 103 { $0.stepMax = 0 } }
        for row in mixed.rows.enumerated().filter({ $0.offset % 23 == 0 }).map(\.element) {
            let stream = mixed.rows.filter { $0.key.device == row.key.device && $0.key.session == row.key.session }
            let place = stream.firstIndex(of: row)!
            for (before, after) in [(0, 0), (1, 0), (0, 1), (3, 5), (1_000, 1_000)] {
                let found = try await mixed.store.context(of: row.key, before: before, after: after)
                #expect(found.stored == Array(stream[max(0, place - before)..<min(stream.count, place + after + 1)]))
            }
        }
        await mixed.store.close()
    }
}
