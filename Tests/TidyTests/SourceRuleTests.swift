import Foundation
import Testing

/// Rules for the text of the sources, each with the reason that it can be broken nowhere.
@Suite struct SourceRuleTests {
    static let lineCountMax = 450
    static let swiftFolders = ["Sources", "Tests", "Benchmarks"]

    /// Lines of Swift files for which `isBroken` holds, as `path:line`.
    private func lines(in folders: [String], where isBroken: (_ line: Substring, _ code: String) -> Bool) throws
        -> [String]
    {
        var broken: [String] = []
        for folder in folders {
            for (path, text) in try SourceTree.swift(below: folder) {
                for (index, (line, code)) in zip(text.lines, text.code).enumerated() where isBroken(line, code) {
                    broken.append("\(path):\(index + 1): \(line.prefix(80))")
                }
            }
        }
        return broken.sorted()
    }

    @Test func filesAreShort() throws {
        var long: [String] = []
        for folder in Self.swiftFolders {
            for (path, text) in try SourceTree.swift(below: folder) where text.lines.count > Self.lineCountMax {
                long.append("\(path): \(text.lines.count) lines")
            }
        }
        #expect(long.sorted() == [])
    }

    @Test func nothingIsLeftForLater() throws {
        // Written in halves, so that this file passes its own test.
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        let stub = "fatalError(\"un" + "implemented"
        let broken = try lines(in: Self.swiftFolders) { line, _ in
            line.contains(stub)
                || marks.contains { mark in line.firstRange(of: mark).map { isWord(line, $0) } ?? false }
        }
        #expect(broken == [])
    }

    @Test func librariesDoNotPrint() throws {
        let broken = try lines(in: Layers.silent.map { "Sources/\($0)" }) { _, code in
            ["print(", "debugPrint(", "dump("].contains { call in
                code.firstRange(of: call).map { !isNamePart(before: $0.lowerBound, in: code) } ?? false
            }
        }
        #expect(broken == [])
    }

    @Test func hotPathsDoNotImportFoundation() throws {
        var broken: [String] = []
        for folder in Layers.withoutFoundation {
            for (path, text) in try SourceTree.swift(below: folder) {
                broken += text.imports.filter { $0.hasPrefix("Foundation") }.map { "\(path) imports \($0)" }
            }
        }
        #expect(broken.sorted() == [])
    }

    @Test func whiteSpaceIsPlain() throws {
        let broken = try lines(in: Self.swiftFolders) { line, _ in
            line.contains("\t") || line.hasSuffix(" ") || line.hasSuffix("\r")
        }
        #expect(broken == [])
        for path in SourceTree.files() where path.hasSuffix(".md") || path.hasPrefix("Scripts/") {
            let text = try SourceTree.text(path)
            #expect(!text.contains("\t"), "\(path) has tabs")
            #expect(!text.contains(" \n"), "\(path) has spaces at the end of a line")
            #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"), "\(path) does not end with one line end")
        }
    }

    @Test func rulesSeeCodeOnly() {
        let text = SwiftText(
            #"""
            let a = "print(1)" // print(2)
            /* print(3)
               print(4) */ print(5)
            let b = """
                print(6) "quoted" print(7)
                """
            let c = #"print(8) " print(9)"#
            """#)
        let code = text.code.joined(separator: "\n")
        #expect(code.contains("print(5)"))
        for number in [1, 2, 3, 4, 6, 7, 8, 9] { #expect(!code.contains("print(\(number))")) }
        #expect(text.lines.count == text.code.count)
    }

    private func isNamePart(before index: String.Index, in code: String) -> Bool {
        guard index > code.startIndex else { return false }
        let character = code[code.index(before: index)]
        return character == "." || character == "_" || character.isLetter || character.isNumber
    }

    private func isWord(_ line: Substring, _ range: Range<Substring.Index>) -> Bool {
        let before = range.lowerBound == line.startIndex ? nil : line[line.index(before: range.lowerBound)]
        let after = range.upperBound == line.endIndex ? nil : line[range.upperBound]
        return ![before, after].contains { $0?.isLetter ?? false }
    }
}
