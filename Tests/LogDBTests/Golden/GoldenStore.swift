@testable import LogDB

/// A store of format version 2, key by key: one sealed segment, one staged batch, the tables and what was received.
enum GoldenStore {
    /// In the order of families and keys.
    static let version2: [(family: StoreFamily, key: String, value: String)] =
        meta + staging + blocks + segments + tables + batches

    /// The same store as version 5 writes it: all columns but the messages lie together, and the segment's record says when its
    /// entries were received, and that they are not in the cold tier. What changed with version 3 does
    /// not show in planes of less than 128 values.
    static let version5: [(family: StoreFamily, key: String, value: String)] =
        version2.compactMap { row in
            switch row.key {
            case "'format-version'": (row.family, row.key, "05 00 00 00")
            case block + "00 09": row
            case block + "00 10": (.blocks, block + "00 0e", sharedColumns)
            case directoryKey:
                (row.family, row.key, row.value.replacing("63 46 06 6f", with: "0a  b9 1d 66 4b  # shared columns"))
            case recordKey:
                (
                    row.family, row.key,
                    row.value.replacing("42  21", with: "43  21")
                        .replacing("2a 82 5e 6c", with: "80 9b ee 02  00 00  b4 48 59 33")
                )
            default: row.family == .blocks ? nil : row
            }
        }

    private static let sharedColumns =
        blocks.filter { $0.key != block + "00 09" }.map(\.value).joined(separator: "\n")
    private static let directoryKey = "'D' 00 00 00 00 00 00 00 01"
    private static let recordKey = "'S' 00 00 00 00 00 00 00 01"

    private static let meta: [(family: StoreFamily, key: String, value: String)] = [
        (.meta, "'format-version'", "02 00 00 00"),
        (.meta, "'next-block'", "00 00 00 00 00 00 00 03"),
        (.meta, "'next-segment'", "00 00 00 00 00 00 00 02"),
        (.meta, "'sealed-through'", "00 00 00 00 00 00 00 03"),
    ]

    private static let staging: [(family: StoreFamily, key: String, value: String)] = [
        (
            .staging, "00 00 00 00 00 00 00 03",
            """
            c0 c6 2d 00 00 00 00 00              # received: 3,000,000
            01 00 00 00                          # rows
            'LGBF' 01 00 00 00 01 00 00 00 1d 00 00 00 1d 00 00 00  d0 63 43 e0
            02  02 00  'D2'                      # strings
            80 92 f4 01  03                      # time: 2,000,000; level: ERROR
            00 00  00 01  00 01  00 01  00 01  00 01
            04 'lost'  00  01                    # message, no attributes
            7e 63 f5 7a
            """
        )
    ]

    /// Day 0, device 1, session 1, time 1,000,000, block 1.
    private static let block =
        "80 00 00 00  00 00 00 01  00 00 00 00 00 00 00 01  80 00 00 00 00 0f 42 40  00 00 00 00 00 00 00 01"

    private static let blocks: [(family: StoreFamily, key: String, value: String)] = [
        // Time: 500 µs apart.
        (.blocks, block + "00 00", "02 80 89 7a 01 02  02 02 00 f4  02 02 00 01  be 29 48 e9"),
        // Received: all at 3,000,000.
        (.blocks, block + "00 01", "00 80 9b ee 02  f7 76 97 50"),
        // Commit sequence: 1, 2.
        (.blocks, block + "00 02", "02 02 01 01  02 02 00 01  6e e7 14 1b"),
        // Level: INFO, WARN.
        (.blocks, block + "00 03", "02 02 01 02  cb d2 f6 4a"),
        // Stream: device 1, session 1, 2 rows.
        (.blocks, block + "00 04", "01  01 01 02  81 9b fa c2"),
        // Module.
        (.blocks, block + "00 05", "01  00 06  03 03 'nav'  5f dc ba 8d"),
        // Logger.
        (.blocks, block + "00 06", "01  00 00  00 00  99 19 63 7d"),
        // Process.
        (.blocks, block + "00 07", "01  00 00  00 00  99 19 63 7d"),
        // Thread.
        (.blocks, block + "00 08", "02  02 00 01 01 02 02 00 01  01 01 't'  02 02 00 01  9b 31 87 5a"),
        // Message: the templates as codes; the one value takes no bits.
        (.blocks, block + "00 09", "02 02 00 01  00  00 00  00 00 00 00 00  06 52 b2 96"),
        // Context: cam.
        (.blocks, block + "00 10", "01  01 01 01  00 01 00 0a 05 05 'front'  7a 92 cc d4"),
    ]

    private static let segments: [(family: StoreFamily, key: String, value: String)] = [
        (
            .segments, "'C' 00 00 00 00 00 00 00 01",
            """
            0b 0b                                # packed: as they are
            02  01 01 02                         # streams: device 1, session 1, 2 rows
            01  00  00 01 01 00 00               # minutes: the first, its rows of each level
            6d 29 b8 25
            """
        ),
        (
            .segments, directoryKey,
            """
            02  03 'nav'  03 'cam'               # strings
            01                                   # blocks
            00 01 01 80 89 7a 01                 # day, device, session, time, block
            01 01                                # last device and session
            02  80 89 7a  e8 90 7a               # rows, earliest and latest time
            00 01 01 00 00                       # rows of each level
            01  00 02                            # modules: nav, 2 rows
            01  01 01                            # context keys: cam, 1 row
            00
            0b  00 12 01 09 02 0c 03 08 04 08 05 0c 06 09 07 09 08 14 10 13 09 10
            79                                   # raw bytes
            63 46 06 6f
            """
        ),
        (
            .segments, recordKey,
            """
            01 01 00                             # id, live, day
            01 03                                # blocks 1 and 2
            01 02                                # blocks written, rows
            80 89 7a  e8 90 7a                   # earliest and latest time
            00 01 01 00 00                       # rows of each level
            0b  00 12 01 09 02 0c 03 08 04 08 05 0c 06 09 07 09 08 14 09 10 10 13
            79                                   # raw bytes
            42  21  11                           # bytes of the directory, the templates and the census
            01  24                               # index pages, index bytes
            2a 82 5e 6c
            """
        ),
        (
            .segments, "'T' 00 00 00 00 00 00 00 01",
            """
            1b 1b                                # packed: as they are
            02  06 05  'gps on' 'gps ' 01        # templates: in the second, digits
            00 01 00 00 00  00 00 01 00 00       # rows of each level
            00  07 00                            # packed, the least of rank 7, in no bits
            d9 3f cb 1d
            """
        ),
        (
            .postings, "80 00 00 00  00 00 00 00 00 00 00 01  00 00 00 00",
            """
            01 01 00 05 00 00  01 00  00 00 00 00
            08 00 00 00  08 00 00 00  00 00 00 00  # gps, on, 7; cam, and the values of logger, process and thread
            0e 09 03 86 1f 0d cd 0b
            16 87 2e b7
            """
        ),
    ]

    private static let tables: [(family: StoreFamily, key: String, value: String)] = [
        (
            .tables, "01 00  00 00 00 00 00 00 00 01",
            "01 02 'D1'  02 02 'D1'  03 01 00  04 04 80 9b ee 02  05 04 80 9b ee 02  01 39 d2 e3"
        ),
        (
            .tables, "01 00  00 00 00 00 00 00 00 02",
            "01 02 'D2'  02 02 'D2'  03 01 00  04 04 80 9b ee 02  05 04 80 9b ee 02  35 41 ee a9"
        ),
        (.tables, "01 01 'D1'", "00 00 00 00 00 00 00 01"),
        (.tables, "01 01 'D2'", "00 00 00 00 00 00 00 02"),
        (.tables, "01 02 'd1' 00 00  00 00 00 00 00 00 00 01", ""),
        (.tables, "01 02 'd2' 00 00  00 00 00 00 00 00 00 02", ""),
        (.tables, "01 ff", "00 00 00 00 00 00 00 02"),
        (
            .tables, "02 00  00 00 00 00 00 00 00 01",
            """
            01 01 01  02 03 'Run'  03 01 00  04 03 80 89 7a  05 03 e8 90 7a
            06 01 00  07 01 01  08 01 01  09 01 00  0a 01 00
            16 9b e4 f5
            """
        ),
        (.tables, "02 01  00 00 00 00 00 00 00 01 'Run'", "00 00 00 00 00 00 00 01"),
        (.tables, "02 02 'run' 00 00  00 00 00 00 00 00 00 01", ""),
        (
            .tables,
            """
            02 03
            00 ff 00 ff 00 ff 00 ff 00 ff 00 ff 00 ff 01     # device 1
            80 00 ff 00 ff 00 ff 00 ff 0f 42 40 00 00        # start: 1,000,000
            00 00 00 00 00 00 00 01
            """, ""
        ),
        (.tables, "02 ff", "00 00 00 00 00 00 00 01"),
    ]

    private static let batches: [(family: StoreFamily, key: String, value: String)] = [
        (.batches, "00 00 00 01 'b' 00 00  00", "80 9b ee 02  00  01  01 00  fd f8 72 7f"),
        (
            .batches, "00 00 00 01 'b' 00 00  01 00 00 00 00 00 00 00 01",
            "34 80 e9 cc 86 30 c7 4e  02 00 00 00  8e b7 9a 88  # content hash, entries"
        ),
    ]
}
