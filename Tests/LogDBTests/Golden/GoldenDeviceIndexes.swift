@testable import LogDB

/// Table schema 5: entries by which devices and sessions are listed, and the record of the schema.
enum GoldenDeviceIndexes {
    private static let zeros = "00 ff 00 ff 00 ff"

    /// Of the devices D1 and D2, of which nothing but logs is known, and the one session.
    static let added: [(family: StoreFamily, key: String, value: String)] = [
        (.meta, "'table-schema'", "00 00 00 00 00 00 00 05"),
        (
            .tables, "02 05 80 00 00 00 00 0f 42 40  00 00 00 00 00 00 00 01  # started, id",
            "00 00 00 00 00 00 00 01"
        ),
        (.tables, "02 04 00 ff 00 00  00 00 00 00 00 00 00 01  # active", ""),
        (.tables, "01 03 \(zeros) 00 00  00 00 00 00 00 00 00 01  # no environment, offline, no type", ""),
        (.tables, "01 03 \(zeros) 00 00  00 00 00 00 00 00 00 02", ""),
        (
            .tables,
            "01 04 00 ff 00 ff 00 ff 00 ff 00 ff 00 ff 00 ff 01  \(zeros) 00 00  00 00 00 00 00 00 00 01  # account 1",
            ""
        ),
        (
            .tables, "01 04 00 ff 00 ff 00 ff 00 ff 00 ff 00 ff 00 ff 01  \(zeros) 00 00  00 00 00 00 00 00 00 02", ""
        ),
        (.tables, "01 05 'd1' 0a 'd1' 00 00  00 00 00 00 00 00 00 01  # name, dsn", ""),
        (.tables, "01 05 'd2' 0a 'd2' 00 00  00 00 00 00 00 00 00 02", ""),
    ]

    /// A store of schema 1 as schema 5 has it, in the order of families and keys.
    static func added(
        to store: [(family: StoreFamily, key: String, value: String)]
    ) -> [(family: StoreFamily, key: String, value: String)] {
        (store + added).sorted { left, right in
            left.family == right.family
                ? Golden.bytes(left.key).lexicographicallyPrecedes(Golden.bytes(right.key))
                : left.family.rawValue < right.family.rawValue
        }
    }
}
