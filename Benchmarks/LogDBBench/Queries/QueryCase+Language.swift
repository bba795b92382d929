import LogModel

extension QueryCase {
    /// The question in LogDB's query language.
    var query: String {
        var clauses = ["between:\(range.lowerBound)..\(range.upperBound)"]
        if let level { clauses.append("level:\(level.name)") }
        if let module { clauses.append("module:\(ModuleVocabulary.names[module])") }
        if let session {
            clauses.append("device:\(SessionPlan.deviceName(session.device)) session:\(session.name)")
        }
        if let request { clauses.append("request_id:\(QueryCase.hex(request))") }
        switch text {
        case .word(let word): clauses.append(word)
        case .phrase(let phrase): clauses.append("\"\(phrase)\"")
        case .block(let first, let last): clauses.append("/\(QueryCase.blockPattern(first: first, last: last))/")
        case nil: break
        }
        switch shape {
        case .newest, .oldest, .export: break
        case .count: clauses.append("| stats count() as n")
        case .countByLevelAndHour: clauses.append("| stats count() as n by level, bin(1h)")
        case .topModules: clauses.append("| stats count() as n by module | sort n desc | limit 10")
        case .distinctDevices: clauses.append("| stats count_uniq(device) as n")
        }
        return clauses.joined(separator: " ")
    }

    static func hex(_ number: UInt64) -> String {
        var digits: [UInt8] = []
        digits.append(hexDigits: 16, of: number)
        return String(decoding: digits, as: UTF8.self)
    }
}
