/// What a store holds and costs, as tables for a person.
enum StorageTable {
    static func write(_ summary: StorageSummary, style: Style, to output: Output) throws {
        let hot = summary.tiers.first { $0.name == "hot" }?.entries ?? 0
        var rows: [[CellValue]] = [
            [.text("on disk"), .number(Humane.bytes(summary.directoryBytes))],
            [.text("in memory"), .number(Humane.bytes(summary.headBytes))],
            [.text("entries"), .number(Humane.count(summary.tiers.reduce(0) { $0 + $1.entries }))],
            [.text("of these in memory"), .number(Humane.count(min(summary.headEntries, hot)))],
            [.text("segments"), .number(Humane.count(summary.segments))],
        ]
        if summary.setAsideEntries > 0 {
            rows.append([.text("set aside as damaged"), .number(Humane.count(summary.setAsideEntries))])
        }
        if let key = summary.encryptionKey { rows.append([.text("objects encrypted with key"), .text(key)]) }
        try section("Store", [], rows, style: style, to: output)
        try tiers(summary, style: style, to: output)
        try columns(summary, style: style, to: output)
        try rocksdb(summary, style: style, to: output)
    }

    private static func tiers(_ summary: StorageSummary, style: Style, to output: Output) throws {
        let rows = summary.tiers.filter { $0.blocks > 0 }.map { tier -> [CellValue] in
            let sealed = tier.name == "hot" ? tier.entries - min(tier.entries, summary.headEntries) : tier.entries
            func perEntry(_ bytes: UInt64) -> CellValue {
                sealed == 0 ? .missing : .number(Humane.decimal(Double(bytes) / Double(sealed), places: 1) + " B")
            }
            let ratio = tier.bytes == 0 ? 0 : Double(tier.rawBytes) / Double(tier.bytes)
            return [
                .text(tier.name), .number(Humane.count(sealed)), .number(Humane.count(tier.blocks)),
                .number(Humane.bytes(tier.rawBytes)), .number(Humane.bytes(tier.bytes)),
                ratio == 0 ? .missing : .number(Humane.decimal(ratio, places: 1)), perEntry(tier.bytes),
            ]
        }
        try section(
            "Sealed", ["tier", "entries", "blocks", "raw", "stored", "ratio", "per entry"], rows, style: style,
            to: output)
    }

    private static func columns(_ summary: StorageSummary, style: Style, to output: Output) throws {
        let total = summary.columns.reduce(UInt64(0)) { $0 + $1.value }
        let rows = summary.columns.map { column -> [CellValue] in
            let share = total == 0 ? 0 : Double(column.value) / Double(total) * 100
            return [
                .text(column.name), .number(Humane.bytes(column.value)),
                .number(Humane.decimal(share, places: 1) + "%"),
            ]
        }
        try section("Columns", ["column", "stored", "share"], rows, style: style, to: output)
    }

    /// A line for each column family, a column for each property.
    private static func rocksdb(_ summary: StorageSummary, style: Style, to output: Output) throws {
        var families: [String] = []
        var properties: [String] = []
        var values: [String: UInt64] = [:]
        for figure in summary.rocksdb {
            let parts = figure.name.split(separator: ".", maxSplits: 1).map(String.init)
            let (family, property) = parts.count == 2 ? (parts[0], parts[1]) : ("", figure.name)
            if !families.contains(family) { families.append(family) }
            if !properties.contains(property) { properties.append(property) }
            values["\(family).\(property)"] = figure.value
        }
        let rows = families.map { family -> [CellValue] in
            [.text(family)]
                + properties.map { property in
                    guard let value = values["\(family).\(property)"] else { return .missing }
                    return .number(property.contains("size") ? Humane.bytes(value) : Humane.count(value))
                }
        }
        try section("RocksDB", ["family"] + properties, rows, style: style, to: output)
    }

    /// - Parameter columns: Their names; none for a table without a header.
    private static func section(
        _ title: String, _ columns: [String], _ rows: [[CellValue]], style: Style, to output: Output
    ) throws {
        guard !rows.isEmpty else { return }
        var table = AlignedTable(style: style, hasHeader: !columns.isEmpty)
        let names = columns.isEmpty ? rows[0].indices.map { String($0) } : columns
        try output.write(style.paint(title, .boldGreen) + "\n")
        try table.write(
            rows.map { row in AnswerRow(cells: zip(names, row).map { AnswerRow.Cell(name: $0, value: $1) }) },
            columns: names, to: output)
        try output.write("\n")
    }
}
