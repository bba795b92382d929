import Foundation

/// The figures of one run: printed as a table, and written as JSON for comparing with another run.
struct Report: Codable {
    struct Figure: Codable {
        var name: String
        var value: Double
        var unit: String
        /// What the figure has to reach, as text; nil where there is no target.
        var target: String?
        var isReached: Bool?
        /// What is wrong with the answer that was timed; nil when nothing is.
        var mismatch: String?
    }

    var command: String
    var machine: Machine
    var figures: [Figure] = []

    enum Bound {
        case atLeast(Double)
        case atMost(Double)
        case below(Double)
    }

    mutating func add(
        _ name: String, _ value: Double, _ unit: String, _ bound: Bound? = nil, mismatch: String? = nil
    ) {
        var figure = Figure(name: name, value: value, unit: unit, mismatch: mismatch)
        switch bound {
        case .atLeast(let limit):
            figure.target = "≥ \(Report.text(limit))"
            figure.isReached = value >= limit && mismatch == nil
        case .atMost(let limit):
            figure.target = "≤ \(Report.text(limit))"
            figure.isReached = value <= limit && mismatch == nil
        case .below(let limit):
            figure.target = "< \(Report.text(limit))"
            figure.isReached = value < limit && mismatch == nil
        case nil: break
        }
        figures.append(figure)
    }

    /// Whether every answer was right and every target was reached.
    var isPassed: Bool { figures.allSatisfy { $0.isReached != false && $0.mismatch == nil } }

    func table() -> String {
        let rows = figures.map { figure in
            [
                figure.name, Report.text(figure.value), figure.unit, figure.target ?? "",
                figure.mismatch ?? figure.isReached.map { $0 ? "yes" : "NO" } ?? "",
            ]
        }
        let header = ["figure", "measured", "unit", "target", "reached"]
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return column == 1 ? space + cells[column] : cells[column] + space
            }.joined(separator: "  ").replacing(/\ +$/, with: "")
        }
        let rule = line(widths.map { String(repeating: "-", count: $0) })
        return ([machine.text, command, "", line(header), rule] + rows.map(line)).joined(separator: "\n")
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
    }

    /// Large figures with their thousands marked, small ones with the places that matter.
    private static func text(_ value: Double) -> String {
        if abs(value) < 100 { return value == value.rounded() ? fixed(value, 0) : fixed(value, 2) }
        if abs(value) < 1_000 { return fixed(value, value == value.rounded() ? 0 : 1) }
        var digits = fixed(value, 0)
        var index = digits.count - 3
        while index > (value < 0 ? 1 : 0) {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits
    }
}

/// `value` with exactly `places` decimal places.
func fixed(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }
