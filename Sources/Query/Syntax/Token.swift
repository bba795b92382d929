/// An unquoted run of characters, as the lexer found it.
struct WordToken {
    /// Its meaning, escapes resolved and wildcards recognised.
    var pattern: WordPattern
    var span: SourceSpan
    /// Where `..` stands in it, unescaped, by its first byte; overlapping ones (`...`) count each.
    var rangeMarks: [Int]
}

/// What ends a word beside white space, `(`, `)` and `|`.
enum WordMode {
    /// A clause of the filter, where every other character belongs to the word.
    case clause
    /// After `field:`. As a clause, but `..` before a quote ends the word: a quoted bound follows.
    case value
    /// Inside `in( )`, `[ ]`, `{ }` and in the arguments of pipes: `, [ ] { } =` end it too.
    case argument
}

/// The two kinds of quotes in which a backslash escapes, and the one in which it does not. Curly ones are read as
/// straight ones.
enum Quote: UInt8 {
    case double = 0x22
    case single = 0x27
    case back = 0x60

    /// - Parameter scalar: Any character.
    init?(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22, 0x201c...0x201f: self = .double
        case 0x27, 0x2018...0x201b: self = .single
        case 0x60: self = .back
        default: return nil
        }
    }
}
