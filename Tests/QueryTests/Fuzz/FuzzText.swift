import Foundation

@testable import Query

/// Makes texts that look somewhat like queries.
enum FuzzText {
    private static let pieces = [
        "a", "level", ":", ">=", "WARN", "(", ")", "[", "]", "{", "}", " TO ", "..", "\"", "'", "`", "/", "\\", "|",
        "||",
        " ", " AND ", " OR ", "NOT ", "-", "!", "*", "?", "in(", "IN [", ",", "=", "!=", "<", "@", "#", "~", "since:",
        "until:",
        "between:", "on:", "around:", "tz:", "has:", "missing:", "1h", "2025-01-03", "T14:00", "now-1d/d", "today",
        "Europe/Berlin",
        "+03:00", "1736935200", "%", "KB", "ms", "| stats ", "count()", "sum(x)", "quantile(0.5, x)", " by ", "bin(1h)",
        " as n",
        " if (", "| where ", "| sort ", " desc", "| limit ", "| tail ", "5", "| fields ", "| drop ", "| rename ",
        "| top 5 ",
        "| rare ", "| uniq ", " with hits", "| dedup ", "| extract ", "\"<a> b <c*>\"", "| extract_regex ",
        "/(?<n>a+)/i", " from ",
        "| context ", "before 2 ", "after ", "within 1m", "| timechart 5m ", "| patterns", "| fieldnames",
        "| fieldvalues ",
        "| explain", "ü", "“", "”", "\u{0}", "\n", "\u{202e}", "🤖", "é", "\\u", "^", "$", "(?:", ".*", "{2,3}", "[a-z]",
    ]

    static func make(_ random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...24, using: &random) {
            text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }
        return text
    }
}
