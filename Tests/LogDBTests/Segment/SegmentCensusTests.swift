import LogModel
import Testing

@testable import LogDB

struct SegmentCensusTests {
    private func rows(_ rows: [(device: UInt32, session: UInt64, time: Int64, level: Level)]) -> Rows {
        var made = Rows()
        for (index, row) in rows.enumerated() {
            made.batch.append(RawEntry(time: row.time, level: row.level))
            made.keys.append(
                EntryKey(time: row.time, device: row.device, session: row.session, sequence: UInt64(index)))
            made.received.append(row.time)
        }
        return made
    }

    private func decoded(_ census: SegmentCensus, day: Int32) throws -> SegmentCensus {
        let bytes = census.encode(day: day, level: 1)
        return try bytes.withUnsafeBytes { try SegmentCensus.decode($0, day: day, segment: 7) }
    }

    @Test(arguments: [
        0, 20_000, -3, Int32(Timestamp(microseconds: .min).day), Int32(Timestamp(microseconds: .max).day),
    ])
    func itCountsByMinuteAndLevelAndByStream(_ day: Int32) throws {
        let start = day == Int32(Timestamp(microseconds: .min).day) ? Int64.min : Int64(day) * 86_400_000_000
        var builder = SegmentCensusBuilder(day: day)
        builder.add(
            rows([
                (1, 1, start, .info), (1, 1, start + 1, .error), (1, 2, start + 59_000_000, .info),
            ]))
        builder.add(rows([(1, 2, start + 130_000_000, .fatal), (4, 0, start + 3, .debug)]))
        let census = try decoded(builder.finish(), day: day)
        #expect(
            census.streams == [
                .init(device: 1, session: 1, rows: 2), .init(device: 1, session: 2, rows: 2),
                .init(device: 4, session: 0, rows: 1),
            ])
        #expect(census.levelCounts.reduce(0, +) == 5)
        #expect(census.minutes == census.minutes.sorted())
        #expect(census.mayContain(device: 1, session: 2))
        #expect(!census.mayContain(device: 1, session: 3))
        #expect(!census.mayContain(device: 9, session: 0))
        if day == 0 {
            #expect(census.minutes == [0, 2])
            #expect(census.levelCounts == [1, 2, 0, 1, 0, 0, 0, 0, 0, 1])
        }
    }

    @Test func tooManyStreamsAreNotListed() throws {
        var builder = SegmentCensusBuilder(day: 0)
        for session in 0...SegmentCensus.streamCountMax {
            builder.add(rows([(1, UInt64(session), 5, .info)]))
        }
        let census = try decoded(builder.finish(), day: 0)
        #expect(census.streams == nil)
        #expect(census.mayContain(device: 77, session: 1))
        #expect(census.levelCounts.reduce(0, +) == UInt32(SegmentCensus.streamCountMax) + 1)
    }

    @Test func damageIsFoundOut() throws {
        var builder = SegmentCensusBuilder(day: 3)
        builder.add(rows([(1, 1, 3 * 86_400_000_000, .info)]))
        let good = builder.finish().encode(day: 3, level: 1)
        for index in good.indices {
            var bytes = good
            bytes[index] ^= 0x10
            #expect(throws: LogError.self) {
                try bytes.withUnsafeBytes { _ = try SegmentCensus.decode($0, day: 3, segment: 1) }
            }
        }
    }
}
