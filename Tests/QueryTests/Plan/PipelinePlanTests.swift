import LogDB
import Testing

@testable import Query

@Suite struct PipelinePlanTests {
    @Test func entries() throws {
        let pipeline = try plan("a | sort level desc, retry_count | head 5 | tail 3 | limit 2 | fields time, dsn, time")
            .pipeline
        #expect(
            pipeline.stages == [
                .sort([
                    SortKey(field: .level, isDescending: true),
                    SortKey(field: .context("retry_count"), isDescending: false),
                ]), .limit(5), .tail(3), .limit(2),
            ])
        #expect(pipeline.columns == [.time, .device])
        #expect(pipeline.table == nil)
        #expect(!pipeline.isExplained)
    }

    @Test func stats() throws {
        let pipeline = try plan(
            "| stats count( ) by module_name, level, bin(1h) | sort \"count( )\" desc, module | fields level, time | explain"
        ).pipeline
        #expect(pipeline.table?.groups == [.field(.module), .field(.level), .bin(step: 3_600_000_000)])
        #expect(pipeline.table?.columns.map(\.name) == ["module", "level", "time", "count( )"])
        #expect(pipeline.table?.columns.map(\.isLevel) == [false, true, false, false])
        #expect(
            pipeline.table?.stages == [
                .sort([
                    TableSortKey(column: 3, isDescending: true), TableSortKey(column: 0, isDescending: false),
                ]), .columns([1, 2]),
            ])
        #expect(pipeline.isExplained)
    }

    @Test func aColumnIsFoundByItsAlias() throws {
        let pipeline = try plan("| stats count() as n by session | sort session_id").pipeline
        #expect(pipeline.table?.stages == [.sort([TableSortKey(column: 0, isDescending: false)])])
    }

    @Test func anAttributeThatIsCalledLikeAFieldIsAnotherColumn() throws {
        let counted = try plan("| stats count() by level, @level | sort @level desc, level").pipeline
        #expect(counted.table?.columns.map(\.name) == ["level", "@level", "count()"])
        #expect(counted.table?.columns.map(\.isLevel) == [true, false, false])
        #expect(
            counted.table?.stages == [
                .sort([TableSortKey(column: 1, isDescending: true), TableSortKey(column: 0, isDescending: false)])
            ])
        #expect(try plan("| fields @level | sort @level").pipeline.columns == [.context("level")])
        let error = try planErrors("| stats count() by @level | sort level").first
        #expect(error?.code == "unknown_column")
        #expect(error?.suggestion == "@level")
    }

    @Test(
        arguments: [
            ("| stats count() as n by module | sort modul", "unknown_column", 38, 5, "module"),
            ("| stats count() | sort n", "unknown_column", 23, 1, nil),
            ("| fields time | sort level", "unknown_column", 21, 5, nil),
            ("| fields time | stats count() by level", "unknown_column", 33, 5, nil),
            ("| fields time, level | fields module", "unknown_column", 30, 6, nil),
            ("| stats count() as a, count() as a", "duplicate_column", 33, 1, nil),
            ("| stats count(), count()", "duplicate_column", 17, 7, nil),
            ("| stats count() by level, level", "duplicate_column", 26, 5, nil),
            ("| stats count() by bin(1ns)", "invalid_duration", 19, 8, "bin(1h)"),
            ("| stats sum(x)", "not_supported_yet", 8, 6, nil), ("| stats count(x)", "not_supported_yet", 8, 8, nil),
            ("| stats count() if (a)", "not_supported_yet", 8, 14, nil),
            ("| stats count() | stats count()", "not_supported_yet", 18, 13, nil),
            ("| explain | limit 5", "not_supported_yet", 12, 7, nil),
            ("| where a", "not_supported_yet", 2, 7, nil), ("| drop a", "not_supported_yet", 2, 6, nil),
            ("| rename a as b", "not_supported_yet", 2, 13, nil), ("ü | top 5 module", "not_supported_yet", 4, 12, nil),
            ("| rare 5 module", "not_supported_yet", 2, 13, nil), ("| uniq a", "not_supported_yet", 2, 6, nil),
            ("| dedup a", "not_supported_yet", 2, 7, nil), ("| extract \"<a>\"", "not_supported_yet", 2, 13, nil),
            ("| extract_regex /a/", "not_supported_yet", 2, 17, nil), ("| context 5", "not_supported_yet", 2, 9, nil),
            ("| timechart 5m count()", "not_supported_yet", 2, 20, nil), ("| patterns", "not_supported_yet", 2, 8, nil),
            ("| fieldnames", "not_supported_yet", 2, 10, nil), ("| fieldvalues a ", "not_supported_yet", 2, 13, nil),
            ("| sort environment", "not_supported_yet", 7, 11, nil),
        ] as [(String, String, Int, Int, String?)])
    func errors(text: String, code: String, offset: Int, length: Int, suggestion: String?) throws {
        let errors = try planErrors(text)
        #expect(errors.map(\.code) == [code])
        #expect(errors.first?.offset == offset)
        #expect(errors.first?.length == length)
        #expect(errors.first?.suggestion == suggestion)
    }
}
