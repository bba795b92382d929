import Query
import Testing

@Suite struct QueryDurationTests {
    @Test(
        arguments: [
            ("1ns", 0), ("1999ns", 1), ("1us", 1), ("1µs", 1), ("1μs", 1), ("1ms", 1_000), ("1s", 1_000_000),
            ("1m", 60_000_000), ("1h", 3_600_000_000), ("1d", 86_400_000_000), ("1w", 604_800_000_000),
            ("1h30m", 5_400_000_000), ("1.5h", 5_400_000_000), ("0.5us", 0), ("500ns500ns", 1), ("0s", 0),
        ] as [(String, Int64)])
    func lengths(text: String, microseconds: Int64) {
        #expect(QueryDuration(text: text)?.microseconds == microseconds)
    }

    @Test(arguments: ["", "5", "h", "1y", "1 h", "-1h", "1.h", ".5h", "1..5h", "1h30", "99999999999999999w"])
    func refused(text: String) {
        #expect(QueryDuration(text: text) == nil)
    }

    @Test func writtenAsRead() {
        #expect(QueryDuration(text: "1h30m")?.text == "1h30m")
        #expect(QueryDuration(text: "5µs")?.text == "5us")
    }
}
