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
    var shellBlocks: [Block] {
        var blocks: [Block] = []
        var listing: String?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                if listing == nil {
                    listing = String(line.dropFirst(3))
                    if listing == "sh" { blocks.append(Block(firstLine: index + 2, lines: [])) }
                } else {
                    listing = nil
                }
            } else if listing == "sh" {
                blocks[blocks.count - 1].lines.append(String(line))
            }
        }
        return blocks
    }

    /// Lines that are listings by their indentation.
    var indentedLines: [String] {
        lines.filter { $0.hasPrefix("    ") }.map { $0.trimmingCharacters(in: .whitespaces) }
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

    /// The lines below a heading, up to the next one.
    func section(_ heading: String) -> String {
        let below = lines.drop { $0 != "## \(heading)" }.dropFirst()
        return below.prefix { !$0.hasPrefix("## ") }.joined(separator: "\n")
    }

    /// Texts between backquotes.
    static func code(in text: String) -> [String] {
        text.matches(of: /`([^`]+)`/).map { String($0.1) }
    }

    /// A bar within a cell is written `\|`.
    private static func firstCell(of line: Substring) -> String {
        let bar = "\u{0}"
        let cells = line.replacing("\\|", with: bar).split(separator: "|", omittingEmptySubsequences: false)
        return cells.count > 1 ? String(cells[1].replacing(bar, with: "|")) : ""
    }
}
