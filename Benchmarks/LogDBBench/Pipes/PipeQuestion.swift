/// A query that puts one pipe or aggregate over everything there is.
struct PipeQuestion {
    var query: String
    /// Rows that are asked for at once.
    var limit = 100
    /// Whether all rows are taken, as a download.
    var isExported = false

    init(_ query: String, limit: Int = 100, isExported: Bool = false) {
        self.query = query
        self.limit = limit
        self.isExported = isExported
    }

    /// Every pipe and aggregate of the language; those that hold rows or groups with few of them, and with far too many.
    static let all: [PipeQuestion] = rows + extracted + contexts + groups + tables

    private static let rows = [
        PipeQuestion("| where retry_count:>2 module:navigation"),
        PipeQuestion("| sort retry_count desc"),
        PipeQuestion("| sort level desc, module, time | limit 10"),
        PipeQuestion("| sort message"),
        PipeQuestion("| sort message | tail 10"),
        PipeQuestion("| sort request_id | limit 10000", limit: 10_000),
        PipeQuestion("| sort message", isExported: true),
        PipeQuestion("level:FATAL | sort message", isExported: true),
        PipeQuestion("| limit 10000", limit: 10_000),
        PipeQuestion("| head 10"),
        PipeQuestion("| tail 10"),
        PipeQuestion("| tail 10000"),
        PipeQuestion("| tail 1000000", isExported: true),
        PipeQuestion("level:ERROR | fields time, device, message", isExported: true),
        PipeQuestion("level:ERROR | drop process, thread | rename module as component", isExported: true),
        PipeQuestion("| dedup module, level"),
        PipeQuestion("| dedup session"),
        PipeQuestion("| sort message | dedup session"),
        PipeQuestion("| dedup message", isExported: true),
        PipeQuestion("| dedup request_id", isExported: true),
    ]

    private static let extracted = [
        PipeQuestion("| extract \"<what> after <rest*>\" | stats count(what), count_uniq(what)"),
        PipeQuestion("| extract_regex /(?<n>[0-9]+) ms/ | stats avg(n), max(n) by module"),
        PipeQuestion("| extract \"<what> after <rest*>\" | where what:* | sort what | limit 10"),
        PipeQuestion("level:ERROR | extract \"<what> after <rest*>\"", isExported: true),
    ]

    private static let contexts = [
        PipeQuestion("quokka | context 5"),
        PipeQuestion("quokka | context 5000", limit: 10_000),
        PipeQuestion("\"lidar return lost\" | context 5"),
        PipeQuestion("level:FATAL | context before 2 after 10 within 1m"),
        PipeQuestion("level:ERROR | context 2"),
        PipeQuestion("level:FATAL | context 2", isExported: true),
        PipeQuestion("| context 1"),
    ]

    private static let groups =
        [
            "count()", "count(retry_count)", "count_uniq(session)", "count_uniq(request_id)", "count_uniq(message)",
            "sum(retry_count)", "avg(retry_count)", "min(retry_count)", "max(message)", "quantile(0.95, retry_count)",
            "rate()", "first(message)", "last(message)", "count() if (after level:>=WARN)",
        ].flatMap { aggregate in
            [PipeQuestion("| stats \(aggregate)"), PipeQuestion("| stats \(aggregate) by module, bin(1h)")]
        } + [
            PipeQuestion("| stats count(), max(retry_count), last(message) by session", limit: 10_000),
            PipeQuestion("| stats count() by request_id"),
            PipeQuestion("| stats last(message) by request_id"),
            PipeQuestion("| stats quantile(0.5, retry_count) by message"),
        ]

    private static let tables = [
        PipeQuestion("| timechart 1h count() by level", limit: 10_000),
        PipeQuestion("| timechart 1h avg(retry_count), last(message) by module", limit: 10_000),
        PipeQuestion("| timechart 1m count() by device"),
        PipeQuestion("| top 10 module"),
        PipeQuestion("| top 10 request_id"),
        PipeQuestion("| rare 10 logger, level"),
        PipeQuestion("| uniq module, level with hits"),
        PipeQuestion("| uniq message"),
        PipeQuestion("| fieldvalues session"),
        PipeQuestion("| fieldvalues request_id"),
        PipeQuestion("| patterns"),
        PipeQuestion("module:navigation | patterns 10"),
        PipeQuestion("| limit 1000000 | patterns"),
        PipeQuestion("| fieldnames"),
        PipeQuestion("level:ERROR | fieldnames"),
        PipeQuestion("| sort message | explain"),
    ]
}
