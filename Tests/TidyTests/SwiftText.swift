/// A Swift file, seen two ways: as it stands, and without its comments and the insides of its strings.
struct SwiftText: Sendable {
    let lines: [Substring]
    /// The same lines with comments and the insides of strings left out.
    let code: [String]
    /// The modules that the file imports.
    let imports: [String]
    /// The types that the file declares; extensions declare none.
    let types: [Declaration]
    /// For each name that the code uses, the lines on which it does, counted from 1. A name after a dot is not here: it
    /// belongs to another name.
    let mentions: [String: [Int]]

    struct Declaration: Hashable, Sendable {
        var name: String
        var isTopLevel: Bool
        /// Not visible outside the file.
        var isPrivate: Bool
    }

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = SwiftText.withoutCommentsAndStrings(Array(text.utf8))
        var imports: [String] = []
        var types: [Declaration] = []
        var mentions: [String: [Int]] = [:]
        var depth = 0
        for (index, line) in code.enumerated() {
            let words = SwiftText.words(Array(line.utf8))
            if let module = SwiftText.importedModule(words.map(\.text)) { imports.append(module) }
            for (before, word) in zip(words, words.dropFirst()) where SwiftText.introducers.contains(before.text) {
                guard word.text.first?.isUppercase == true else { continue }
                let isPrivate = words.contains { $0.text == "private" || $0.text == "fileprivate" }
                types.append(Declaration(name: word.text, isTopLevel: depth == 0, isPrivate: isPrivate))
            }
            for word in words where !word.isMember && mentions[word.text]?.last != index + 1 {
                mentions[word.text, default: []].append(index + 1)
            }
            for byte in line.utf8 {
                if byte == UInt8(ascii: "{") { depth += 1 }
                if byte == UInt8(ascii: "}") { depth -= 1 }
            }
        }
        self.imports = imports
        self.types = types
        self.mentions = mentions
    }

    private static let introducers: Set<String> = ["struct", "class", "enum", "actor", "protocol", "typealias"]

    private static func importedModule(_ words: [String]) -> String? {
        let modifiers: Set<String> = [
            "public", "internal", "package", "fileprivate", "private", "testable", "preconcurrency",
        ]
        var rest = words.drop { modifiers.contains($0) }
        guard rest.popFirst() == "import" else { return nil }
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let"]
        if let kind = rest.first, kinds.contains(kind) { rest.removeFirst() }
        return rest.first
    }

    private static func words(_ line: [UInt8]) -> [(text: String, isMember: Bool)] {
        var words: [(text: String, isMember: Bool)] = []
        var start: Int?
        for index in 0...line.count {
            let isWord = index < line.count && SwiftText.isWord(line[index])
            if isWord && start == nil { start = index }
            if !isWord, let from = start {
                let isMember = from > 0 && line[from - 1] == UInt8(ascii: ".")
                words.append((String(decoding: line[from..<index], as: UTF8.self), isMember))
                start = nil
            }
        }
        return words
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private enum State {
        case code
        case lineComment
        case blockComment(depth: Int)
        /// Ends at `quotes` quotation marks followed by `hashes` number signs.
        case string(quotes: Int, hashes: Int)
    }

    private static func withoutCommentsAndStrings(_ text: [UInt8]) -> [String] {
        let (quote, slash, star) = (UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "*"))
        let (hash, backslash, lineEnd) = (UInt8(ascii: "#"), UInt8(ascii: "\\"), UInt8(ascii: "\n"))
        func run(of byte: UInt8, at index: Int) -> Int {
            var end = index
            while end < text.count && text[end] == byte { end += 1 }
            return end - index
        }
        var state = State.code
        var lines: [String] = []
        var line: [UInt8] = []
        var index = 0
        while index < text.count {
            let byte = text[index]
            let next = index + 1 < text.count ? text[index + 1] : 0
            if byte == lineEnd {
                lines.append(String(decoding: line, as: UTF8.self))
                line.removeAll(keepingCapacity: true)
                switch state {
                case .lineComment, .string(1, _): state = .code
                default: break
                }
                index += 1
                continue
            }
            switch state {
            case .lineComment:
                index += 1
            case .blockComment(let depth):
                if byte == star && next == slash {
                    state = depth == 1 ? .code : .blockComment(depth: depth - 1)
                    index += 2
                } else if byte == slash && next == star {
                    state = .blockComment(depth: depth + 1)
                    index += 2
                } else {
                    index += 1
                }
            case .string(let quotes, let hashes):
                if byte == backslash && hashes == 0 && next != lineEnd {
                    index += 2
                } else if byte == quote && run(of: quote, at: index) >= quotes
                    && run(of: hash, at: index + quotes) >= hashes
                {
                    state = .code
                    line.append(quote)
                    index += quotes + hashes
                } else {
                    index += 1
                }
            case .code:
                let hashes = run(of: hash, at: index)
                let quotes = run(of: quote, at: index + hashes)
                if byte == slash && next == slash {
                    state = .lineComment
                } else if byte == slash && next == star {
                    state = .blockComment(depth: 1)
                    index += 2
                } else if quotes > 0 {
                    // Two marks are an empty string, three open one of several lines.
                    let opening = quotes >= 3 ? 3 : 1
                    line.append(quote)
                    index += hashes + opening
                    state = .string(quotes: opening, hashes: hashes)
                } else {
                    line.append(byte)
                    index += 1
                }
            }
        }
        lines.append(String(decoding: line, as: UTF8.self))
        return lines
    }
}
