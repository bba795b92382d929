import LogDB
import LogModel

/// What a store holds and what it costs, as `GET /api/v1/admin/storage` tells it.
struct StorageSummary: Sendable {
    struct Tier: Sendable {
        var name: String
        var entries: UInt64 = 0
        var blocks: UInt64 = 0
        var bytes: UInt64 = 0
        /// Before encoding.
        var rawBytes: UInt64 = 0
    }

    struct Figure: Sendable {
        var name: String
        var value: UInt64
    }

    var tiers: [Tier]
    var cold: Tier { tiers.first { $0.name == "cold" } ?? Tier(name: "cold") }
    /// Stored bytes by column.
    var columns: [Figure]
    /// Properties of RocksDB, by column family and name.
    var rocksdb: [Figure]
    var segments: UInt64
    /// In memory, not sealed.
    var headEntries: UInt64
    var headBytes: UInt64
    /// Entries that did not read when the store was verified.
    var setAsideEntries: UInt64
    /// Bytes of all files in the data directory.
    var directoryBytes: UInt64
    /// What the key is known by that objects are encrypted under; nil where they are not.
    var encryptionKey: String?
}

extension StorageSummary {
    init(_ report: StorageReport) {
        tiers = [
            Tier(
                name: "hot", entries: report.hot.entries, blocks: report.hot.blocks, bytes: report.hot.bytes,
                rawBytes: report.hot.rawBytes),
            Tier(
                name: "cold", entries: report.cold.entries, blocks: report.cold.blocks, bytes: report.cold.bytes,
                rawBytes: report.cold.rawBytes),
        ]
        columns = report.columns.map { Figure(name: $0.name, value: $0.bytes) }
        rocksdb = report.rocksdb.map { Figure(name: $0.name, value: $0.value) }
        segments = report.segments
        headEntries = report.headRows
        headBytes = report.headBytes
        setAsideEntries = report.setAsideEntries
        directoryBytes = report.directoryBytes
        encryptionKey = report.encryptionKey
    }

    init(_ json: JSONValue) {
        tiers = (json["tiers"]?.members ?? []).map { tier in
            func figure(_ name: String) -> UInt64 { tier.value[name]?.unsigned ?? 0 }
            return Tier(
                name: tier.name, entries: figure("entries"), blocks: figure("blocks"), bytes: figure("bytes"),
                rawBytes: figure("raw_bytes"))
        }
        columns = (json["columns"]?.elements ?? []).compactMap { column in
            guard let name = column["name"]?.text, let bytes = column["bytes"]?.unsigned else { return nil }
            return Figure(name: name, value: bytes)
        }
        rocksdb = (json["rocksdb"]?.members ?? []).compactMap { property in
            property.value.unsigned.map { Figure(name: property.name, value: $0) }
        }
        segments = json["segments"]?.unsigned ?? 0
        headEntries = json["head"]?["entries"]?.unsigned ?? 0
        headBytes = json["head"]?["bytes"]?.unsigned ?? 0
        setAsideEntries = json["set_aside_entries"]?.unsigned ?? 0
        directoryBytes = json["directory_bytes"]?.unsigned ?? 0
        encryptionKey = json["encryption_key"]?.text
    }

    var json: JSONValue {
        func number(_ value: UInt64) -> JSONValue { .number(String(value)) }
        func member(_ name: String, _ value: JSONValue) -> JSONValue.Member { .init(name: name, value: value) }
        let tiers = tiers.map { tier in
            member(
                tier.name,
                .object([
                    member("entries", number(tier.entries)), member("blocks", number(tier.blocks)),
                    member("bytes", number(tier.bytes)), member("raw_bytes", number(tier.rawBytes)),
                ]))
        }
        let columns = columns.map { column in
            JSONValue.object([member("name", .string(column.name)), member("bytes", number(column.value))])
        }
        return .object([
            member("tiers", .object(tiers)), member("columns", .array(columns)),
            member("rocksdb", .object(rocksdb.map { member($0.name, number($0.value)) })),
            member("segments", number(segments)),
            member("head", .object([member("entries", number(headEntries)), member("bytes", number(headBytes))])),
            member("set_aside_entries", number(setAsideEntries)),
            member("directory_bytes", number(directoryBytes)),
            member("encryption_key", encryptionKey.map { .string($0) } ?? .null),
        ])
    }
}
