import LogModel
import Testing

@testable import LogDB

/// Format version 2: the keys of every column family, and the values of `default`.
struct KeyGoldenTests {
    private static let block = BlockKey(day: 20_091, device: 3, session: 7, time: 1_735_900_000_000_000, number: 258)

    @Test func keysOfNumbers() throws {
        Golden.expect(KeyLayout.formatVersion, is: "'format-version'")
        Golden.expect(KeyLayout.sealedThrough, is: "'sealed-through'")
        Golden.expect(KeyLayout.nextSegment, is: "'next-segment'")
        Golden.expect(KeyLayout.nextBlock, is: "'next-block'")
    }

    @Test func keysOfStaging() {
        Golden.expect(KeyLayout.staging(0x0102), is: "00 00 00 00 00 00 01 02  # commit sequence")
    }

    @Test func keysOfBlocks() {
        Golden.expect(
            KeyLayout.column(Self.block, ColumnID.message.rawValue),
            is: """
                80 00 4e 7b              # day 20,091, its sign bit flipped
                00 00 00 03              # device
                00 00 00 00 00 00 00 07  # session
                80 06 2a ca b6 dd 98 00  # time, its sign bit flipped
                00 00 00 00 00 00 01 02  # block
                00 09                    # column: message
                """)
        var early = Self.block
        early.day = -1
        early.time = -1
        Golden.expect(
            KeyLayout.column(early, ColumnID.firstContext),
            is: """
                7f ff ff ff              # day -1
                00 00 00 03 00 00 00 00 00 00 00 07
                7f ff ff ff ff ff ff ff  # time -1
                00 00 00 00 00 00 01 02
                00 10                    # column: the first context key
                """)
    }

    @Test func keysOfSegments() {
        Golden.expect(KeyLayout.segmentRecord(5), is: "'S' 00 00 00 00 00 00 00 05")
        Golden.expect(KeyLayout.segmentDirectory(5), is: "'D' 00 00 00 00 00 00 00 05")
        Golden.expect(KeyLayout.segmentTemplates(5), is: "'T' 00 00 00 00 00 00 00 05")
        Golden.expect(KeyLayout.segmentCensus(5), is: "'C' 00 00 00 00 00 00 00 05")
    }

    @Test func keysOfPostings() {
        Golden.expect(
            KeyLayout.postings(day: 20_091, segment: 5, page: 2),
            is: """
                80 00 4e 7b              # day
                00 00 00 00 00 00 00 05  # segment
                00 00 00 02              # page
                """)
    }

    @Test func keysOfTables() {
        Golden.expect(TableKeys.row(2, 9), is: "02 00  00 00 00 00 00 00 00 09  # table, rows, id")
        Golden.expect(TableKeys.nextID(2), is: "02 ff  # table, the last id given")
        Golden.expect(
            TableKeys.uniqueEntry(2, 1, [0x61, 0, 0x62]), is: "02 01 'a' 00 'b'  # table, index, the value as it is")
        Golden.expect(
            TableKeys.entry(2, 3, [0x61, 0, 0x62], 9),
            is: """
                02 03                    # table, index
                'a' 00 ff 'b' 00 00      # the value, escaped
                00 00 00 00 00 00 00 09  # id
                """)
    }

    @Test func keysOfReceivedBatches() {
        let boot = KeyLayout.boot(device: 3, boot: [0x62, 0, 0x31])
        Golden.expect(KeyLayout.bootWindow(boot), is: "00 00 00 03 'b' 00 ff '1' 00 00  00  # device, boot, its window")
        Golden.expect(
            KeyLayout.bootBatch(boot, 4),
            is: "00 00 00 03 'b' 00 ff '1' 00 00  01 00 00 00 00 00 00 00 04  # device, boot, batch, sequence")
    }

    @Test func numbersOfColumns() {
        let columns: [ColumnID] = [
            .time, .received, .sequence, .level, .stream, .module, .logger, .process, .thread, .message, .deviceTime,
            .otherContext,
        ]
        #expect(columns.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15])
        #expect(ColumnID.firstContext == 16)
    }

    @Test func namesOfFamilies() {
        #expect(
            StoreFamily.allCases.map(\.name) == [
                "default", "staging", "blocks", "segments", "postings", "tables", "batches",
            ])
    }

    @Test func theFormatVersion() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let contents = try store.contents(.meta)
        #expect(contents.map(\.key) == [KeyLayout.formatVersion, KeyLayout.tableSchema])
        Golden.expect(contents[0].value, is: "05 00 00 00")
        await store.close()
    }
}
