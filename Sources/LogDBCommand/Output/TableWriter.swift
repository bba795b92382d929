import LogModel

/// Entries as log lines, other rows as a table, for a person.
struct TableWriter: RowWriter {
    private var entries: EntryLines
    private var table: AlignedTable

    /// - Parameter isTerminal: Names that are too long for their column are shortened; a file gets them whole.
    init(style: Style, isTerminal: Bool) {
        entries = EntryLines(style: style, isShortened: isTerminal)
        table = AlignedTable(style: style)
    }

    mutating func write(_ rows: [AnswerRow], columns: [String]?, to output: Output) throws {
        guard let first = rows.first else { return }
        if first.isEntry {
            try entries.write(rows, to: output)
        } else {
            try table.write(rows, columns: columns ?? first.cells.map(\.name), to: output)
        }
    }
}

/// Entries as lines: time, level, device, module, message, context; the columns before the message aligned.
struct EntryLines {
    private let style: Style
    private var deviceWidth = 0
    private var moduleWidth = 0
    private let isShortened: Bool
    /// A longer name loses its beginning, or pushes its own line to the right, but not all the others.
    private static let nameWidthMax = 24

    init(style: Style, isShortened: Bool) {
        self.style = style
        self.isShortened = isShortened
    }

    mutating func write(_ rows: [AnswerRow], to output: Output) throws {
        for row in rows {
            deviceWidth = EntryLines.widened(deviceWidth, row.text("device"))
            moduleWidth = EntryLines.widened(moduleWidth, row.text("module"))
        }
        for row in rows { try output.write(line(row) + "\n") }
    }

    private static func widened(_ width: Int, _ name: String) -> Int {
        max(width, min(PlainText.width(PlainText.escaped(name)), nameWidthMax))
    }

    private func line(_ row: AnswerRow) -> String {
        let levelName = row.text("level")
        let level = Level(name: levelName)
        var parts: [String] = []
        // What `context` found around a match stands back.
        if case .boolean(let isMatch) = row["match"] { parts.append(isMatch ? style.paint(">", .bold) : " ") }
        parts += [
            style.paint(EntryLines.time(row.text("time")), .dim),
            // The colour covers the name alone, so that a background does not spread.
            style.paint(levelName, level.map(Style.paint(of:)))
                + String(repeating: " ", count: max(0, 5 - levelName.count)),
            style.paint(name(row.text("device"), width: deviceWidth), .cyan),
        ]
        if moduleWidth > 0 {
            parts.append(style.paint(name(row.text("module"), width: moduleWidth), .blue))
        }
        parts.append(PlainText.escaped(row.text("message")))
        if case .attributes(let attributes) = row["context"], !attributes.isEmpty {
            parts.append(style.paint(attributes.map(EntryLines.attribute).joined(separator: " "), .dim))
        }
        let added = row.cells.filter { !EntryLines.shownNames.contains($0.name) && $0.value != .missing }
        if !added.isEmpty {
            let cells = added.map { EntryLines.attribute(CellValue.Attribute(key: $0.name, value: $0.value.text)) }
            parts.append(style.paint(cells.joined(separator: " "), .cyan))
        }
        return parts.joined(separator: "  ")
    }

    /// What a line has a place for, and what it leaves out; any other column was added by a pipe.
    private static let shownNames: Set<String> = [
        "id", "time", "received", "device", "session", "level", "module", "logger", "process", "thread", "message",
        "context", "match",
    ]

    private func name(_ text: String, width: Int) -> String {
        let escaped = PlainText.escaped(text)
        guard isShortened, PlainText.width(escaped) > EntryLines.nameWidthMax else {
            return PlainText.padded(escaped, to: width)
        }
        // The end of a dotted name tells more than its beginning.
        var rest = escaped[...]
        while PlainText.width(rest) >= EntryLines.nameWidthMax { rest = rest.dropFirst() }
        return PlainText.padded("…" + rest, to: width)
    }

    /// To the millisecond, which is short and may be pasted into a query.
    static func time(_ text: String) -> String {
        guard text.utf8.count == 27, text.hasSuffix("Z") else { return text }
        return text.prefix(23) + "Z"
    }

    private static func attribute(_ attribute: CellValue.Attribute) -> String {
        let value = PlainText.escaped(attribute.value)
        let needsQuotes = value.isEmpty || value.contains { $0 == " " || $0 == "\"" }
        let shown = needsQuotes ? "\"" + value.replacing("\"", with: "\\\"") + "\"" : value
        return PlainText.escaped(attribute.key) + "=" + shown
    }
}
