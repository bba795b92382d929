extension Report {
    /// Everything as text.
    func tables() -> String {
        let mean = fixed(Double(source.byteCount) / Double(max(1, source.entryCount)), 1)
        let corpus =
            "\(Figure.text(Double(source.entryCount))) entries, \(mean) bytes of JSON each, "
            + (source.about ?? "seed \(source.seed), the week before \(source.end)")
        var lines = [machine.text, corpus, command]
        for section in sections {
            lines += ["", section.title]
            lines += Report.table(
                ["", "measured", "unit", "target", "reached"],
                section.figures.map { figure in
                    [
                        figure.name, figure.value.map(Figure.text) ?? "-", figure.unit, figure.target ?? "",
                        figure.verdict,
                    ]
                })
        }
        if !queries.isEmpty {
            lines += [
                "", "questions, milliseconds at the client: median of \(QueryClass.measuredCount) different ones",
            ]
            lines += Report.table(
                ["", "", "warm", "cold", "in the server", "rows", "target", "reached"],
                queries.map { query in
                    let rowCounts = query.questions.map(\.rowCount).sorted()
                    return [
                        query.id, query.title, Report.text(query.milliseconds), Report.text(query.coldMilliseconds),
                        Report.text(query.serverMilliseconds), Report.text(rowCounts.middle.map(Double.init)),
                        query.target ?? "", query.verdict,
                    ]
                })
        }
        return lines.joined(separator: "\n")
    }

    private static func text(_ value: Double?) -> String { value.map(Figure.text) ?? "-" }

    /// Columns of figures to the right, of words to the left.
    private static func table(_ header: [String], _ rows: [[String]]) -> [String] {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let isNumber = header.indices.map { column in
            rows.contains { !$0[column].isEmpty }
                && rows.allSatisfy { $0[column].allSatisfy { "0123456789.,-".contains($0) } }
        }
        return ([header] + rows).map { cells in
            let line = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return isNumber[column] ? space + cells[column] : cells[column] + space
            }
            .joined(separator: "  ")
            return "  " + line.replacing(/\ +$/, with: "")
        }
    }
}

extension [Int] {
    fileprivate var middle: Int? { isEmpty ? nil : self[count / 2] }
}
