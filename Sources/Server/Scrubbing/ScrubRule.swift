import LogDB

/// What is taken out of entries before they are stored: text of a class, in whose place `[class]` stands.
public struct ScrubRule: Sendable {
    /// As it stands in entries, configuration and metrics.
    public let name: String
    /// What finds it, each by its first group.
    let patterns: [RegexPattern]
    /// Bytes of which a text must have one; empty: any text may match.
    let mark: UInt8?
    /// Whether what was found is meant.
    let isMeant: @Sendable (UnsafeRawBufferPointer) -> Bool

    /// The classes that need no expression.
    public static let builtInNames = ["email", "phone", "card", "token"]

    private static let nameByteCounts = 1...32

    /// One of the built-in classes; nil for what is none.
    public init?(builtIn name: String) {
        var mark: UInt8?
        var isMeant: @Sendable (UnsafeRawBufferPointer) -> Bool = { _ in true }
        let expressions: [String]
        switch name {
        case "email":
            expressions = [#"([A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)"#]
            mark = UInt8(ascii: "@")
        case "phone":
            expressions = [
                // With the country's number, and in groups as they are written in North America.
                #"(\+[1-9][0-9]{0,2}(?:[ .\-]?\(?[0-9]{1,4}\)?){2,6})"#,
                #"(?:^|[^0-9A-Za-z.\-])(\(?[0-9]{3}\)?[ .\-][0-9]{3}[ .\-][0-9]{4})(?:$|[^0-9A-Za-z])"#,
            ]
            isMeant = { (7...15).contains(ScrubRule.digits($0).count) }
        case "card":
            expressions = [#"(?:^|[^0-9A-Za-z.])([0-9](?:[ \-]?[0-9]){12,18})(?:$|[^0-9A-Za-z])"#]
            isMeant = { ScrubRule.isCardNumber(ScrubRule.digits($0)) }
        case "token":
            expressions = [
                #"\b(eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{4,}\.[A-Za-z0-9_\-]*)"#,
                #"(?i)\bbearer\s+([A-Za-z0-9._~+/\-]{8,}=*)"#,
                #"(?i)(?:api[_\-]?key|token|secret|passw(?:or)?d|pwd)["']?\s*[:=]\s*["']?([^\s"'\[,;&]{4,})"#,
                #"\b((?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|xox[a-z]-[A-Za-z0-9\-]{10,})\b"#,
            ]
        default: return nil
        }
        self.name = name
        self.mark = mark
        self.isMeant = isMeant
        patterns = expressions.map { text in
            guard let pattern = try? RegexPattern(text) else { preconditionFailure("\(text) is no expression") }
            return pattern
        }
    }

    /// A class of one's own.
    ///
    /// - Parameter expression: RE2's syntax. Where it has a group, the first is what is taken out, else all that matches.
    /// - Throws: `ServerError` `.invalidRule`.
    public init(_ name: String, expression: String) throws(ServerError) {
        let isName = name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isName, ScrubRule.nameByteCounts.contains(name.utf8.count), !ScrubRule.builtInNames.contains(name) else {
            throw ServerError(
                .invalidRule,
                "a class of what is scrubbed has up to \(ScrubRule.nameByteCounts.upperBound) small letters, digits, _ and -, "
                    + "and another name than the built-in ones, not “\(name)”")
        }
        guard !expression.isEmpty else {
            throw ServerError(.invalidRule, "“\(name)” has no expression; write class=expression")
        }
        do throws(RegexError) {
            let pattern = try RegexPattern(expression)
            patterns = [RegexReplacer.hasGroup(pattern) ? pattern : try RegexPattern("(\(expression))")]
        } catch {
            throw ServerError(.invalidRule, "the expression of “\(name)”: \(error)")
        }
        self.name = name
        mark = nil
        isMeant = { _ in true }
    }

    /// The expressions, for people.
    var expressions: [String] { patterns.map(\.text) }

    private static func digits(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        text.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.map { $0 - UInt8(ascii: "0") }
    }

    /// By the check digit of ISO/IEC 7812, which one in ten numbers has by chance.
    private static func isCardNumber(_ digits: [UInt8]) -> Bool {
        guard (13...19).contains(digits.count), digits[0] != 0 else { return false }
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let doubled = Int(digit) * (place % 2 + 1)
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return sum % 10 == 0
    }
}
