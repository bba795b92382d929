import LogModel

/// Rows under their columns' names, numbers to the right.
struct AlignedTable {
    private let style: Style
    private let hasHeader: Bool
    private var header: [String]?

    init(style: Style, hasHeader: Bool = true) {
        self.style = style
        self.hasHeader = hasHeader
    }

    /// Writes the rows; the header once, before the first of them.
    mutating func write(_ rows: [AnswerRow], columns: [String], to output: Output) throws {
        let cells = rows.map { row in columns.map { AlignedTable.cell(row[$0] ?? .missing) } }
        let names = columns.map { PlainText.escaped($0) }
        let isRight = columns.indices.map { column in
            !cells.isEmpty && cells.allSatisfy { $0[column].isNumber || $0[column].isMissing }
                && cells.contains { $0[column].isNumber }
        }
        let widths = columns.indices.map { column -> Int in
            let name = hasHeader ? PlainText.width(names[column]) : 0
            return cells.map { PlainText.width($0[column].text) }.reduce(name, max)
        }
        if hasHeader, header != columns {
            header = columns
            try output.write(
                line(columns.indices.map { (names[$0], Style.Paint.bold) }, widths: widths, isRight: isRight))
            if !style.isColoured {
                let rules = widths.map { (String(repeating: "-", count: $0), Style.Paint.dim) }
                try output.write(line(rules, widths: widths, isRight: isRight))
            }
        }
        for row in cells {
            let painted = row.enumerated().map { index, cell in (cell.text, paint(cell, column: columns[index])) }
            try output.write(line(painted, widths: widths, isRight: isRight))
        }
    }

    private struct Cell {
        var text: String
        var isNumber = false
        var isMissing = false
    }

    private static func cell(_ value: CellValue) -> Cell {
        switch value {
        case .missing: Cell(text: "-", isMissing: true)
        case .number(let text): Cell(text: text, isNumber: true)
        case .text(let text): Cell(text: PlainText.escaped(text))
        case .boolean, .attributes: Cell(text: PlainText.escaped(value.text))
        }
    }

    private func paint(_ cell: Cell, column: String) -> Style.Paint? {
        if cell.isMissing { return .dim }
        return column == "level" ? Level(name: cell.text).map(Style.paint(of:)) : nil
    }

    private func line(_ cells: [(String, Style.Paint?)], widths: [Int], isRight: [Bool]) -> String {
        var line = ""
        for (index, (text, paint)) in cells.enumerated() {
            let space = String(repeating: " ", count: max(0, widths[index] - PlainText.width(text)))
            if index > 0 { line += "  " }
            if isRight[index] {
                line += space + style.paint(text, paint)
            } else {
                // No spaces at the end of a line.
                line += style.paint(text, paint) + (index == cells.count - 1 ? "" : space)
            }
        }
        return line + "\n"
    }
}
