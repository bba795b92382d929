/// Makes texts of queries over the entries of `OracleStore`, most of which are right.
struct RandomQuery {
    var random: SeededGenerator
    /// What the rows have so far; of open entries all fields too.
    private var columns: [String] = []
    private var isOpen = true
    private var hasEntries = true
    private var hidden: Set<String> = []
    /// Whether no pipe has taken rows away but by filters.
    private var isWhole = true
    private var nameCount = 0

    init(seed: UInt64) { random = SeededGenerator(state: seed) }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }
    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...(elements.count - 1))] }

    static let start: Int64 = 1_736_935_200_000_000
    static let span: Int64 = 7_200_000_000

    mutating func text() -> String {
        columns = []
        isOpen = true
        hasEntries = true
        hidden = []
        isWhole = true
        var text = chance(70) ? filter(depth: 2) : ""
        let moment = { (random: inout SeededGenerator) in
            String(RandomQuery.start + Int64.random(in: 0...RandomQuery.span, using: &random))
        }
        if chance(25) { text += " since:\(moment(&random))" }
        if chance(15) { text += " until:\(moment(&random))" }
        for _ in 0..<number(0...4) {
            let next = pipe()
            text += " | " + next
            if !["where", "sort", "fields", "drop", "rename"].contains(where: next.hasPrefix) { isWhole = false }
        }
        return text
    }

    // MARK: Filters

    private mutating func filter(depth: Int) -> String {
        if depth > 0, chance(35) {
            let parts = (0..<number(2...3)).map { _ in filter(depth: depth - 1) }
            return "(" + parts.joined(separator: pick([" ", " AND ", " OR ", " || "])) + ")"
        }
        if chance(15) { return pick(["NOT ", "-"]) + clause() }
        return clause()
    }

    private static let words = [
        "retry", "failed", "Worker", "done", "re*", "*ail*", "d?ne", "\"retry 3 of\"", "\"retry 3 o\"*", "worker-3",
        "/of [2-5]/", "/WORKER-[0-9]/i", "\"\"", "12.50",
    ]
    private static let values: [String: [String]] = [
        "level": ["ERROR", ">=WARN", "<warn", "in(DEBUG,fatal)", "(INFO OR FATAL)", "!=INFO", "[INFO TO ERROR]", "*"],
        "device": ["Drone-1", "drone-*", "=Drone-1", "=drone-1", "=Drone-*", "!=Drone-2", "*", "/[12]$/"],
        "session": ["nav", "\"\"", "*", "(nav OR dock)", "in(nav,map)"],
        "module": ["gps", "=GPS", "g*", "\"g\"*", "*", ">h", "!=gps"],
        "retry_count": [">2", "<=3", "1..3", "{1 TO 4]", "2", "in(1,3)", "*", "(>1 <4)", ">x"],
        "latency_ms": [">100", "<=2s", "[* TO 12.5]", "12.50", "*", "/5$/"],
        "camera": ["front", "=Front", "f?ont", "*", "(front OR rear)"],
        "@level": ["7", "*", ">5"],
        "session_status": ["active", "*", "failed"],
        "time": ["*"], "first_seen": ["*"], "last_seen": ["*"],
        "message": ["retry", "\"retry 3 of 5\"", "=done", "*", ">r"],
    ]

    private mutating func clause() -> String {
        if isOpen, !hidden.contains("message"), chance(35) { return pick(RandomQuery.words) }
        let name = column()
        if chance(8) { return pick(["has:", "missing:"]) + quoted(name) }
        let value =
            RandomQuery.values[name].map { pick($0) } ?? pick([">2", "*", "<5", "1", "\"nav\"", "/[1-3]/", "!=1"])
        return quoted(name) + ":" + value
    }

    private func quoted(_ name: String) -> String { name }

    /// A column that there is.
    private mutating func column() -> String {
        var names = columns
        if isOpen {
            names += RandomQuery.values.keys.sorted().filter { !hidden.contains($0) && !$0.hasSuffix("_seen") }
        }
        return names.isEmpty ? "nothing" : pick(names)
    }

    private mutating func list(_ countMax: Int) -> [String] {
        var names: [String] = []
        for _ in 0..<number(1...countMax) {
            let name = column()
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    // MARK: Pipes

    private mutating func pipe() -> String {
        switch number(0...19) {
        case 0, 1: return "where " + filter(depth: 1)
        case 2, 3:
            return "sort " + list(2).map { $0 + pick(["", " asc", " desc"]) }.joined(separator: ", ")
        case 4: return pick(["limit ", "head "]) + String(pick([0, 1, 3, 10, 100]))
        case 5: return "tail \(pick([1, 3, 10, 100]))"
        case 6:
            let names = list(3)
            columns = names
            isOpen = false
            return "fields " + names.joined(separator: ", ")
        case 7: return drop()
        case 8: return rename()
        case 9: return ranked("top \(number(1...4)) ", "count")
        case 10: return ranked("rare \(number(1...4)) by ", "count")
        case 11: return chance(50) ? ranked("uniq ", nil) : ranked("uniq ", "hits") + " with hits"
        case 12: return "dedup " + list(2).joined(separator: ", ")
        case 13: return extract()
        case 14 where hasEntries: return context()
        case 15:
            guard isOpen ? !hidden.contains("message") : columns.contains("message") else { return "limit 5" }
            become(["pattern", "count", "example"])
            return chance(50) ? "patterns" : "patterns 3"
        case 16:
            become(["name", "count"])
            return "fieldnames"
        case 17:
            let name = column()
            become(["value", "count"])
            return "fieldvalues \(name)"
        default: return stats()
        }
    }

    private mutating func become(_ names: [String]) {
        columns = names
        isOpen = false
        hasEntries = false
    }

    private mutating func drop() -> String {
        let name = column()
        if !isOpen, columns.count < 2 { return "limit 20" }
        if columns.contains(name) { columns.removeAll { $0 == name } } else { hidden.insert(name) }
        return "drop \(name)"
    }

    private mutating func rename() -> String {
        let name = column()
        nameCount += 1
        let new = "r\(nameCount)"
        if columns.contains(name) {
            columns = columns.map { $0 == name ? new : $0 }
        } else {
            hidden.insert(name)
            columns.append(new)
        }
        return "rename \(name) as \(new)"
    }

    private mutating func ranked(_ pipe: String, _ counted: String?) -> String {
        let names = list(2)
        become(names + (counted.map { names.contains($0) ? [] : [$0] } ?? []))
        return pipe + names.joined(separator: ", ")
    }

    private mutating func extract() -> String {
        guard isOpen, !hidden.contains("message") else { return "limit 30" }
        for name in ["n", "max"] where !columns.contains(name) { columns.append(name) }
        return "extract \"retry <n> of <max>\""
    }

    private mutating func context() -> String {
        if !columns.contains("match") { columns.append("match") }
        return pick(["context 1", "context before 2", "context before 1 after 2 within 30s", "context 3"])
    }

    private mutating func stats() -> String {
        let canBin = isOpen && !hidden.contains("time") && hasEntries
        var groups = chance(70) ? list(2) : []
        let isChart = canBin && isWhole && chance(25)
        var aggregates: [String] = []
        var names: [String] = []
        for _ in 0..<number(1...3) {
            nameCount += 1
            let name = "a\(nameCount)"
            let functions = [
                "count", "count_uniq", "sum", "avg", "min", "max", "first", "last", "quantile",
            ]
            let function = pick(functions + (isWhole ? ["rate"] : []))
            var call: String
            switch function {
            case "count": call = chance(60) ? "count()" : "count(\(list(2).joined(separator: ", ")))"
            case "count_uniq": call = "count_uniq(\(list(2).joined(separator: ", ")))"
            case "rate": call = "rate()"
            case "quantile": call = "quantile(\(pick(["0", "0.5", "0.95", "1"])), \(column()))"
            default: call = "\(function)(\(column()))"
            }
            if chance(20) { call += " if (\(clause()))" }
            aggregates.append("\(call) as \(name)")
            // What may be off is not worked on.
            if function != "quantile" { names.append(name) }
        }
        let aggregateText = aggregates.joined(separator: ", ")
        if isChart {
            groups = Array(groups.prefix(1))
            become(["time"] + groups + names)
            return "timechart \(pick(["5m", "1h"])) \(aggregateText)" + (groups.isEmpty ? "" : " by \(groups[0])")
        }
        var by = groups
        if canBin, chance(30) {
            by.append("bin(\(pick(["1m", "30m", "1h"])))")
            groups.append("time")
        }
        become(groups + names)
        return "stats \(aggregateText)" + (by.isEmpty ? "" : " by \(by.joined(separator: ", "))")
    }
}
