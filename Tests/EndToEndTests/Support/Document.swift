import Foundation

/// A document of the project, and what in it can be tried out.
struct Document {
    let path: String
    private let lines: [Substring]

    init(_ path: String) throws {
        self.path = path
        lines = try String(contentsOfFile: "\(Binaries.checkout)/\(path)", encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    struct Block {
        /// Of the document, from 1.
        var firstLine: Int
        var lines: [String]
    }

    /// The listings that are marked as `sh`.
    var shellBlocks: [Block] { listings("sh") }

    /// The listings that are marked as `language`.
    func listings(_ language: String) -> [Block] {
        var blocks: [Block] = []
        var listing: String?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                if listing == nil {
                    listing = String(line.dropFirst(3))
                    if listing == language { blocks.append(Block(firstLine: index + 2, lines: [])) }
                } else {
                    listing = nil
                }
            } else if listing == language {
                blocks[blocks.count - 1].lines.append(String(line))
            }
        }
        return blocks
    }

    /// A command and what it says, as the listings marked as `console` have them.
    struct Example {
        var firstLine: Int
        var command: String
        var output: String
    }

    var consoleExamples: [Example] {
        var examples: [Example] = []
        for block in listings("console") {
            for (index, line) in block.lines.enumerated() {
                if line.hasPrefix("$ ") {
                    examples.append(
                        Example(firstLine: block.firstLine + index, command: String(line.dropFirst(2)), output: ""))
                } else if !examples.isEmpty {
                    examples[examples.count - 1].output += line + "\n"
                }
            }
        }
        return examples
    }

    /// Of tables whose last column is called `title`, the code in the first cell and the last cell of each row.
    func rows(inTablesEndingWith title: String) -> [(code: [String], last: String)] {
        var found: [(code: [String], last: String)] = []
        var isInside = false
        for line in lines {
            if line.hasPrefix("|"), line.hasSuffix("| \(title) |") {
                isInside = true
            } else if !line.hasPrefix("|") {
                isInside = false
            } else if isInside, !line.hasPrefix("|--") {
                let cells = Document.cells(of: line)
                found.append(
                    (Document.code(in: cells.first ?? ""), (cells.last ?? "").trimmingCharacters(in: .whitespaces)))
            }
        }
        return found
    }

    /// Lines that are listings by their indentation.
    var indentedLines: [String] {
        var isFenced = false
        return lines.compactMap { line in
            if line.hasPrefix("```") { isFenced.toggle() }
            return !isFenced && line.hasPrefix("    ") ? line.trimmingCharacters(in: .whitespaces) : nil
        }
    }

    /// The code in the first cells of the tables whose header begins with `title`.
    func code(inTablesOf title: String) -> [String] {
        var found: [String] = []
        var isInside = false
        for line in lines {
            if line.hasPrefix("| \(title) |") {
                isInside = true
            } else if !line.hasPrefix("|") {
                isInside = false
            } else if isInside, !line.hasPrefix("|--") {
                found += Document.code(in: Document.firstCell(of: line))
            }
        }
        return found
    }

    /// The code in the last cells of the tables whose header begins with one of the titles.
    func lastCells(inTablesOf titles: [String]) -> [String] {
        var found: [String] = []
        var isInside = false
        for line in lines {
            if titles.contains(where: { line.hasPrefix("| \($0) |") }) {
                isInside = true
            } else if !line.hasPrefix("|") {
                isInside = false
            } else if isInside, !line.hasPrefix("|--") {
                found += Document.code(in: Document.cells(of: line).last ?? "")
            }
        }
        return found
    }

    /// Texts between backquotes.
    static func code(in text: String) -> [String] {
        text.matches(of: /`([^`]+)`/).map { String($0.1) }
    }

    private static func firstCell(of line: Substring) -> String { cells(of: line).first ?? "" }

    /// A bar within a cell is written `\|`.
    private static func cells(of line: Substring) -> [String] {
        let bar = "\u{0}"
        return line.replacing("\\|", with: bar).split(separator: "|", omittingEmptySubsequences: false)
            .dropFirst().dropLast().map { String($0.replacing(bar, with: "|")) }
    }
}
