/// A template of `extract`: text as it stands, and `<name>` for what is to be taken.
///
/// A name takes as little as it can up to the text that follows it. At the end of the template it takes the rest of the
/// word; `<name*>` takes the rest of the text there. `<_>` and `<>` take what is not wanted.
struct ExtractTemplate: Equatable {
    struct Fault: Error {
        var message: String
    }

    /// A regular expression with a group for each name, in their order.
    let expression: String
    let names: [String]

    init(_ template: String) throws(Fault) {
        var expression = "(?s)"
        var names: [String] = []
        var rest = template[...]
        var isAfterName = false
        while !rest.isEmpty {
            if rest.first == "<", let end = rest.firstIndex(of: ">") {
                let inner = rest[rest.index(after: rest.startIndex)..<end]
                if let placeholder = ExtractTemplate.placeholder(inner) {
                    rest = rest[rest.index(after: end)...]
                    if isAfterName {
                        throw Fault(message: "Between two names of the template stands text that tells where one ends.")
                    }
                    isAfterName = true
                    let taken = !rest.isEmpty ? ".*?" : placeholder.takesRest ? ".*" : "\\S*"
                    if placeholder.name == "_" || placeholder.name.isEmpty {
                        expression += "(?:\(taken))"
                    } else if names.contains(placeholder.name) {
                        throw Fault(message: "The template has the name “\(placeholder.name)” twice.")
                    } else {
                        names.append(placeholder.name)
                        expression += "(\(taken))"
                    }
                    continue
                }
            }
            isAfterName = false
            expression += ExtractTemplate.escaped(rest.removeFirst())
        }
        if names.isEmpty { throw Fault(message: "The template names nothing to extract.") }
        self.expression = expression
        self.names = names
    }

    /// Nil where the text between `<` and `>` is none, so that the signs stand for themselves.
    private static func placeholder(_ inner: Substring) -> (name: String, takesRest: Bool)? {
        let takesRest = inner.last == "*"
        let name = takesRest ? inner.dropLast() : inner
        let isName = name.unicodeScalars.allSatisfy {
            Lexer.isLetter($0) || Lexer.isDigit($0) || $0 == "_" || $0 == "-" || $0 == "."
        }
        return isName ? (String(name), takesRest) : nil
    }

    private static func escaped(_ character: Character) -> String {
        character.unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isASCII, !Lexer.isLetter(scalar), !Lexer.isDigit(scalar), scalar != " ", scalar.value > 0x20 {
                text += "\\"
            }
            text.unicodeScalars.append(scalar)
        }
    }
}
