import Foundation
import LogDB
import LogModel

@testable import Query

/// Opens a store in a directory of its own with these entries, and takes both away afterwards.
func withStore(_ batches: [Entry]..., body: (LogStore) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("query-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let store = try await LogStore.open(at: directory)
    do {
        for batch in batches { _ = try await store.append(Batch(batch)) }
        try await body(store)
    } catch {
        await store.close()
        throw error
    }
    await store.close()
}

/// An entry some seconds after 2025-01-15T10:00:00Z.
func entry(
    _ second: Int, _ message: String, level: Level = .info, device: String = "d", session: String = "s",
    module: String = "", context: [String: String] = [:]
) -> Entry {
    Entry(
        time: Timestamp(microseconds: time("2025-01-15T10:00Z").microseconds + Int64(second) * 1_000_000),
        level: level, device: device, session: session, module: module, message: message,
        context: context.sorted { $0.key < $1.key }.map { Entry.Attribute($0.key, $0.value) })
}

/// What a page of entries came to.
struct Page {
    var messages: [String] = []
    var cursor: Cursor?
    var warnings: [QueryWarning] = []
    var columns: [Field]?
    var statistics = ScanStatistics()
}

func context(
    limit: Int? = nil, cursor: Cursor? = nil, order: ScanOrder = .newestFirst, defaultRange: TimeRange? = nil,
    memory: Int = 64 << 20
) -> QueryContext {
    QueryContext(
        now: planNow, defaultRange: defaultRange, order: order, rowLimit: limit, cursor: cursor,
        memoryByteCountMax: memory)
}

struct UnexpectedAnswer: Error {}

func page(_ text: String, _ context: QueryContext, on store: LogStore) async throws -> Page {
    guard case .entries(let answer) = try await LogQuery(text, context: context).run(on: store) else {
        throw UnexpectedAnswer()
    }
    var page = Page()
    for try await rows in answer {
        page.messages += (0..<rows.count).map { rows.batch.messages.text($0) }
    }
    page.cursor = answer.nextCursor()
    page.warnings = answer.warnings()
    page.columns = answer.columns
    page.statistics = answer.statistics()
    return page
}

/// All messages of a query, and how many were on each page. The cursor travels as text.
func pages(
    _ text: String, limit: Int, order: ScanOrder = .newestFirst, on store: LogStore,
    between: () async throws -> Void = {}
) async throws -> (messages: [String], counts: [Int]) {
    var messages: [String] = []
    var counts: [Int] = []
    var cursor: Cursor?
    repeat {
        let page = try await page(text, context(limit: limit, cursor: cursor, order: order), on: store)
        messages += page.messages
        counts.append(page.messages.count)
        cursor = try page.cursor.map { try Cursor(text: $0.text) }
        try await between()
    } while cursor != nil && counts.count < 100
    return (messages, counts)
}

/// What a page of a table came to.
struct TablePage {
    var columns: [String] = []
    var rows: [[Value]] = []
    var nextCursor: Cursor?
    var warnings: [QueryWarning] = []
    var statistics = ScanStatistics()

    var shown: [[String]] { rows.map { $0.map(\.shown) } }
}

func table(_ text: String, _ context: QueryContext = context(), on store: LogStore) async throws -> TablePage {
    guard case .table(let answer) = try await LogQuery(text, context: context).run(on: store) else {
        throw UnexpectedAnswer()
    }
    var page = TablePage(columns: answer.columns)
    page.rows = try await answer.rows()
    page.nextCursor = answer.nextCursor()
    page.warnings = answer.warnings()
    page.statistics = answer.statistics()
    return page
}

extension Value {
    /// A short text for comparisons in tests.
    var shown: String {
        switch self {
        case .missing: "-"
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let integer): String(integer)
        case .decimal(let decimal): String(decimal)
        case .time(let time): String(time.description.prefix(16))
        case .boolean(let boolean): String(boolean)
        case .attributes(let attributes):
            attributes.map { attribute in
                String(decoding: attribute.key, as: UTF8.self) + "="
                    + String(decoding: attribute.value, as: UTF8.self)
            }.joined(separator: " ")
        }
    }
}
