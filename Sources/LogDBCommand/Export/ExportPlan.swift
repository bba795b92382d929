import LogModel
import Query

/// How an export is cut into parts by time, each a file of its own. It is written down before the first part is, so that
/// an export that was interrupted goes on with the same parts.
struct ExportPlan: Equatable {
    struct Part: Equatable {
        var file: String
        /// What the part exports, as text of the query language with absolute times.
        var query: String
        /// How many entries the filter found when the plan was made.
        var entryCount: UInt64
    }

    /// As it was asked for.
    var query: String
    var format: ExportFormat
    var isOldestFirst: Bool
    /// In the order of a single export.
    var parts: [Part]

    /// In the export's directory.
    static let fileName = "export.json"
    private static let version = "1"

    var bytes: [UInt8] {
        let parts = parts.map { part in
            JSONValue.object([
                .init(name: "file", value: .string(part.file)), .init(name: "query", value: .string(part.query)),
                .init(name: "entries", value: .number(String(part.entryCount))),
            ])
        }
        return JSONValue.object([
            .init(name: "version", value: .number(ExportPlan.version)), .init(name: "query", value: .string(query)),
            .init(name: "format", value: .string(format.rawValue)),
            .init(name: "order", value: .string(isOldestFirst ? "asc" : "desc")),
            .init(name: "parts", value: .array(parts)),
        ]).bytes + [UInt8(ascii: "\n")]
    }

    init(query: String, format: ExportFormat, isOldestFirst: Bool, parts: [Part]) {
        self.query = query
        self.format = format
        self.isOldestFirst = isOldestFirst
        self.parts = parts
    }

    /// Nil where the bytes are no plan of this version.
    init?(_ bytes: [UInt8]) {
        guard let json = JSONValue(bytes), json["version"] == .number(ExportPlan.version),
            let query = json["query"]?.text, let format = json["format"]?.text.flatMap({ ExportFormat(rawValue: $0) }),
            let order = json["order"]?.text
        else { return nil }
        self.query = query
        self.format = format
        isOldestFirst = order == "asc"
        parts = []
        for part in json["parts"]?.elements ?? [] {
            guard let file = part["file"]?.text, !file.contains("/"), let query = part["query"]?.text,
                let count = part["entries"]?.unsigned
            else { return nil }
            parts.append(Part(file: file, query: query, entryCount: count))
        }
    }
}

/// A query whose rows can be exported in parts: each row depends on its entry alone.
struct PartibleQuery {
    let syntax: QuerySyntax
    /// The effective range; `.all` where the query says none.
    let range: TimeRange

    /// - Throws: `QueryRefusal` for a query that cannot be read, `CommandFailure` for one that cannot be cut.
    init(_ text: String, now: Timestamp = .now) throws {
        do throws(QueryErrors) {
            syntax = try QuerySyntax(parsing: text)
            range = try LogQuery(text, context: QueryContext(now: now)).range
        } catch {
            throw QueryRefusal(text: text, notes: error.diagnostics.map { QueryNote($0) })
        }
        for pipe in syntax.pipes {
            switch pipe.kind {
            case .where, .fields, .drop, .rename, .extract, .extractRegex: break
            default:
                throw CommandFailure(
                    "--parallel exports rows that each come from one entry; export this query without it, or without "
                        + "the pipe “\(PipePrinting.name(of: pipe))”")
            }
        }
    }

    /// The text that finds the entries of `range` that the server got up to `received`.
    ///
    /// - Parameters:
    ///   - received: Nil: whenever it got them.
    ///   - pipes: After the filter. Nil: those of the query.
    func text(_ range: TimeRange, received: Timestamp?, pipes: String? = nil) throws(QueryErrors) -> String {
        var clauses = received.map { ["received:<=\($0)"] } ?? []
        if range.since != TimeRange.all.since { clauses.append("since:\(range.since)") }
        if range.until != TimeRange.all.until { clauses.append("until:\(range.until)") }
        if range == .all { clauses.append("since:0000-01-01") }
        var part = try QuerySyntax(parsing: clauses.joined(separator: " ") + (pipes.map { " | " + $0 } ?? ""))
        part.timeClauses += syntax.timeClauses.filter { clause in
            if case .zone = clause.kind { true } else { false }
        }
        part.filter = part.filter == .everything ? syntax.filter : .and([syntax.filter, part.filter])
        if pipes == nil { part.pipes = syntax.pipes }
        return part.text
    }
}

/// How a pipe is called.
private enum PipePrinting {
    static func name(of pipe: PipeSyntax) -> String {
        let text = QuerySyntax(pipes: [pipe]).text
        return text.split(separator: "|").last.map { $0.split(separator: " ").first.map(String.init) ?? "" } ?? ""
    }
}
