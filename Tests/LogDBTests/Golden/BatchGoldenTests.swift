import LogModel
import Testing

@testable import LogDB

/// Format version 2: the batch frame, alone as an agent sends it and in staging.
struct BatchGoldenTests {
    private static let batch = Batch([
        Entry(
            time: Timestamp(microseconds: 1_000), level: .info, device: "D1", session: "S", module: "nav",
            message: "gps 7", context: [.init("k", "v"), .init("n", "")]),
        Entry(time: Timestamp(microseconds: 999), level: .error, device: "D1", thread: "t", message: "lost"),
    ])

    private static let columns = """
        07 02 01 03 00 01 01 01      # strings: 7, their lengths
        'D1' 'S' 'nav' 'k' 'n' 't'   # all of them, the fourth of which is empty
        d0 0f 01                     # times: 1,000, and 1 less
        01 03                        # levels: INFO, ERROR
        00 00                        # device: all rows have string 0
        01 01 03                     # session: a byte a row, strings 1 and 3
        01 02 03                     # module
        00 03                        # logger
        00 03                        # process
        01 03 06                     # thread
        05 04 'gps 7' 'lost'         # messages: lengths, all bytes
        02 00                        # attributes: 2, none
        01 04 05                     # their names
        01 00 'v'                    # their values: lengths, all bytes
        """

    private static let frame = """
        'LGBF'           # magic
        01               # version
        00               # flags: not compressed
        00 00
        02 00 00 00      # rows
        38 00 00 00      # bytes of the columns
        38 00 00 00      # bytes of the body
        43 5b 20 64      # CRC-32C of the header before it and of the body
        """ + "\n" + columns

    @Test func aFrame() throws {
        var compressor = ZstdCompressor()
        Golden.expect(BatchFrame.encode(Self.batch, level: 1, using: &compressor), is: Self.frame)
        #expect(try decode(Golden.bytes(Self.frame)) == entries)
    }

    @Test func aFrameThatZstdMadeSmaller() throws {
        let frame = Golden.bytes(
            """
            'LGBF' 01
            01               # flags: the body is a zstd frame
            00 00
            03 00 00 00      # rows
            bf 00 00 00      # bytes of the columns: 191
            2d 00 00 00      # bytes of the body: 45
            c0 9a f7 13      # CRC-32C
            28 b5 2f fd 20 bf 25 01 00 d8 02 01 00 44 00 02 02 01 01 01 00 00 00 01 36 36 36 61 67 61 69
            6e 20 00 00 00 01 02 00 99 14 7a 44 38 25
            """)
        let message = String(repeating: "again ", count: 9)
        #expect(
            try decode(frame)
                == (0..<3).map { Entry(time: Timestamp(microseconds: $0), device: "D", message: message) })
    }

    @Test func aStagedBatch() throws {
        let staged = """
            00 98 dd b6 ca 2a 06 00      # received
            02 00 00 00                  # rows
            """ + "\n" + Self.frame + "\n" + """
                ca 63 df 2a                  # CRC-32C
                """
        Golden.expect(
            Staging.encode(frame: Golden.bytes(Self.frame), rowCount: 2, received: 1_735_900_000_000_000), is: staged)
        let directory = try TemporaryDirectory()
        let store = try RocksStore(path: directory.path, cacheByteCount: 1 << 20)
        defer { store.close() }
        var write = WriteBatch()
        write.put(store, .staging, KeyLayout.staging(7), Golden.bytes(staged))
        try store.write(write, synced: false)
        var found: [Staging.Staged] = []
        try Staging.forEach(from: 1, store: store) { found.append($0) }
        #expect(found.map(\.sequence) == [7])
        #expect(found.map(\.received) == [1_735_900_000_000_000])
        #expect(found.map { (0..<$0.batch.count).map { [batch = $0.batch] in batch[$0] } } == [entries])
    }

    private var entries: [Entry] { (0..<Self.batch.count).map { Self.batch[$0] } }

    private func decode(_ frame: [UInt8]) throws -> [Entry] {
        var decompressor = ZstdDecompressor()
        let batch = try frame.withUnsafeBytes { try BatchFrame.decode($0, using: &decompressor) }
        return (0..<batch.count).map { batch[$0] }
    }

    /// What tells a batch that is sent again from another, also across versions: it is stored with each batch.
    @Test func theHashOfABatch() {
        #expect(BatchHash.hash(Self.batch) == 11_152_321_736_578_859_517)
        #expect(BatchHash.hash(Batch()) == 11_569_026_613_696_103_075)
    }
}
