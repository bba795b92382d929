/// Escapes and classes of characters.
extension RequiredTextReader {
    private enum Member: Equatable {
        case character(Unicode.Scalar)
        case whiteSpace
        case anything
    }

    /// What stands after a backslash. Nil for what says nothing of the text: a boundary of words takes no character.
    mutating func takeEscape() throws(GivesUp) -> Piece? {
        switch cursor.peek() {
        case "A", "z":
            cursor.skip()
            return .edge
        case "b", "B":
            cursor.skip()
            return nil
        case "C":
            cursor.skip()
            return .gap
        default:
            return piece(try takeEscapedMember())
        }
    }

    /// What stands after the bracket of a class.
    mutating func takeClass() throws(GivesUp) -> Piece {
        let isNegated = cursor.take("^")
        var members: [Member] = []
        var isSeparator = true
        while members.isEmpty || cursor.peek() != "]" {
            let member = try takeMember()
            members.append(member)
            guard case .character(let low) = member else {
                isSeparator = isSeparator && member == .whiteSpace
                continue
            }
            var high = low
            if cursor.peek() == "-", let after = cursor.peek(1), after != "]" {
                cursor.skip()
                guard case .character(let bound) = try takeMember() else { throw GivesUp() }
                high = bound
                members.append(.anything)
            }
            isSeparator = isSeparator && RequiredTextReader.isSeparator(low, high)
        }
        cursor.skip()
        if isNegated { return .gap }
        if members.count == 1, case .character = members[0] { return piece(members[0]) }
        return isSeparator ? .separator : .gap
    }

    private func piece(_ member: Member) -> Piece {
        switch member {
        case .character(let scalar): literal(scalar)
        case .whiteSpace: .separator
        case .anything: .gap
        }
    }

    private mutating func takeMember() throws(GivesUp) -> Member {
        if cursor.peek() == "[", cursor.peek(1) == ":" {
            let start = cursor
            cursor.skip(2)
            if let name = cursor.takeText(before: ":]") { return name == "space" ? .whiteSpace : .anything }
            // Without an end it is no name.
            cursor = start
        }
        guard let scalar = cursor.next() else { throw GivesUp() }
        return scalar == "\\" ? try takeEscapedMember() : .character(scalar)
    }

    private mutating func takeEscapedMember() throws(GivesUp) -> Member {
        guard let scalar = cursor.next() else { throw GivesUp() }
        switch scalar {
        case "s":
            return .whiteSpace
        case "S", "d", "D", "w", "W":
            return .anything
        case "p", "P":
            guard let name = cursor.next() else { throw GivesUp() }
            if name == "{", !cursor.skip(past: "}") { throw GivesUp() }
            return .anything
        case "x":
            guard let first = cursor.next() else { throw GivesUp() }
            if first == "{" {
                if !cursor.skip(past: "}") { throw GivesUp() }
            } else {
                cursor.skip()
            }
            return .anything
        case "0"..."7":
            for _ in 0..<2 {
                if let digit = cursor.peek(), ("0"..."7").contains(digit) { cursor.skip() }
            }
            return .anything
        case "n": return .character("\n")
        case "r": return .character("\r")
        case "t": return .character("\t")
        case "f": return .character("\u{0c}")
        case "v": return .character("\u{0b}")
        case "a": return .character("\u{07}")
        default:
            let isLetterOrDigit =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "8" || scalar == "9"
            guard scalar.isASCII, !isLetterOrDigit else { throw GivesUp() }
            return .character(scalar)
        }
    }

    /// Whether all characters from `low` to `high` are ASCII and none is a token character.
    private static func isSeparator(_ low: Unicode.Scalar, _ high: Unicode.Scalar) -> Bool {
        guard high.isASCII, low <= high else { return false }
        return !(low.value...high.value).contains { ASCII.isTokenCharacter(UInt8($0)) }
    }
}
