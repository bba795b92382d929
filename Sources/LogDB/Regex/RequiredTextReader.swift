/// Reads a regular expression for what the texts that it matches have in common.
///
/// It knows RE2's syntax where that says something of texts, and gives up, with nothing known, where it meets anything
/// else. RE2 has accepted the expression before, so nothing is checked here.
struct RequiredTextReader {
    /// What a part of an expression says of the text that it matches.
    enum Piece: Equatable {
        /// This character, in any case when case is ignored.
        case character(Unicode.Scalar)
        /// Characters, at least one, that are no token characters.
        case separator
        /// Nothing, at an end of the text or of a line.
        case edge
        /// Anything, or nothing.
        case gap
        /// Anything that contains this.
        case required(RequiredText)

        /// Whether no token goes over this piece.
        var separatesTokens: Bool { self == .separator || self == .edge }
    }

    struct GivesUp: Error {}

    /// Groups inside one another; each costs stack.
    private static let depthMax = 50

    var cursor: ScalarCursor
    /// Set by `/i` and by `(?i)`.
    private var ignoresCase: Bool

    init(_ pattern: String, ignoresCase: Bool) {
        cursor = ScalarCursor(pattern)
        self.ignoresCase = ignoresCase
    }

    mutating func read() -> RequiredText {
        do throws(GivesUp) {
            let pieces = try alternatives(depth: 0)
            return cursor.isAtEnd ? RequiredTextReader.required(by: pieces) : .unknown
        } catch {
            return .unknown
        }
    }

    /// The character as a piece.
    func literal(_ scalar: Unicode.Scalar) -> Piece {
        // U+FFFD also stands for bytes that are not UTF-8. Outside ASCII, RE2's foldings may not be ours.
        if scalar == "\u{fffd}" || ignoresCase && !scalar.isASCII { return .gap }
        return .character(scalar)
    }

    /// Alternatives, up to the parenthesis that closes them or the end. A single one gives its pieces.
    private mutating func alternatives(depth: Int) throws(GivesUp) -> [Piece] {
        if depth > RequiredTextReader.depthMax { throw GivesUp() }
        var choices: [RequiredText] = []
        // One for each part that a repetition may repeat.
        var parts: [[Piece]] = []
        while let scalar = cursor.peek(), scalar != ")" {
            cursor.skip()
            switch scalar {
            case "|":
                choices.append(RequiredTextReader.required(by: parts.flatMap { $0 }))
                parts = []
            case "(":
                let outer = ignoresCase
                if try takeGroupStart() == .flags { break }
                parts.append(try alternatives(depth: depth + 1))
                guard cursor.take(")") else { throw GivesUp() }
                ignoresCase = outer
            case "*", "?":
                repeatLast(&parts, isOptional: true)
            case "+":
                repeatLast(&parts, isOptional: false)
            case "{":
                if let least = try takeCounts() {
                    repeatLast(&parts, isOptional: least == 0)
                } else {
                    parts.append([literal("{")])
                }
            case "^", "$":
                parts.append([.edge])
            case ".":
                parts.append([.gap])
            case "[":
                parts.append([try takeClass()])
            case "\\":
                if cursor.take("Q") {
                    takeQuoted(into: &parts)
                } else if let piece = try takeEscape() {
                    parts.append([piece])
                }
            default:
                parts.append([literal(scalar)])
            }
        }
        let pieces = parts.flatMap { $0 }
        if choices.isEmpty { return pieces }
        return [.required(.anyOf(choices + [RequiredTextReader.required(by: pieces)]))]
    }

    private enum GroupStart {
        case group
        /// Flags that hold from here to the end of the group around, with the parenthesis that closes them.
        case flags
    }

    /// What stands after an opening parenthesis to say its kind: `?P<name>`, `?i:`, `?i)` and the like, or nothing.
    private mutating func takeGroupStart() throws(GivesUp) -> GroupStart {
        guard cursor.take("?") else { return .group }
        if cursor.take("P") || cursor.peek() == "<" {
            guard cursor.take("<"), cursor.skip(past: ">") else { throw GivesUp() }
            return .group
        }
        var isSet = true
        while let flag = cursor.next() {
            switch flag {
            case "-": isSet = false
            case "i": ignoresCase = isSet
            case "m", "s", "U": break
            case ":": return .group
            case ")": return .flags
            default: throw GivesUp()
            }
        }
        throw GivesUp()
    }

    // MARK: Repetitions

    /// What stands after the brace of a repetition: the least count. Nil, with nothing taken, where the brace is a
    /// character.
    private mutating func takeCounts() throws(GivesUp) -> Int? {
        let start = cursor
        // Versions of RE2 may differ in whether this is a count.
        if cursor.peek() == "," { throw GivesUp() }
        if let least = try takeNumber() {
            if cursor.take(",") { _ = try takeNumber() }
            if cursor.take("}") { return least }
        }
        cursor = start
        return nil
    }

    private mutating func takeNumber() throws(GivesUp) -> Int? {
        var digits = 0
        var number = 0
        while let digit = cursor.peek(), ("0"..."9").contains(digit) {
            // A number that begins with 0 makes the brace a character.
            if digits == 4 || digits > 0 && number == 0 { throw GivesUp() }
            cursor.skip()
            digits += 1
            number = number * 10 + Int(digit.value - 0x30)
        }
        return digits == 0 ? nil : number
    }

    /// Repeats the last part; takes the mark of a repetition that would rather be short.
    private mutating func repeatLast(_ parts: inout [[Piece]], isOptional: Bool) {
        _ = cursor.take("?")
        guard let last = parts.popLast() else { return }
        if isOptional {
            parts.append([.gap])
        } else if last.count != 1 {
            parts.append([.required(RequiredTextReader.required(by: last))])
        } else if case .character = last[0] {
            // It stands right after what is before; what follows may come after more of it.
            parts.append([last[0], .gap])
        } else {
            parts.append(last)
        }
    }

    // MARK: Meaning

    private mutating func takeQuoted(into parts: inout [[Piece]]) {
        while let scalar = cursor.next() {
            if scalar == "\\", cursor.take("E") { return }
            parts.append([literal(scalar)])
        }
    }

    private static func required(by pieces: [Piece]) -> RequiredText {
        var parts: [RequiredText] = []
        var run = String.UnicodeScalarView()
        var startsOpen = true
        func endRun(open: Bool) {
            guard !run.isEmpty else { return }
            let bytes = CaseFolding.fold(Array(String(run).utf8))
            parts.append(.literal(RequiredText.Literal(bytes: bytes, startsOpen: startsOpen, endsOpen: open)))
            run = String.UnicodeScalarView()
        }
        for piece in pieces {
            if case .character(let scalar) = piece {
                run.append(scalar)
                continue
            }
            endRun(open: !piece.separatesTokens)
            startsOpen = !piece.separatesTokens
            if case .required(let required) = piece { parts.append(required) }
        }
        endRun(open: true)
        return .allOf(parts)
    }
}
