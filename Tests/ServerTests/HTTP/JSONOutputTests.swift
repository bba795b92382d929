import LogDB
import LogModel
import Query
import Testing

@testable import Server

@Suite struct JSONOutputTests {
    @Test func everyKindOfValueIsWritten() {
        var json = JSONOutput()
        json.object { json in
            json.member("text", "a\"b\n")
            json.member("none", nil as String?)
            json.member("number", -5)
            json.member("large", UInt64.max)
            json.member("decimal", 0.25)
            json.member("not_a_number", Double.nan)
            json.member("flag", true)
            json.member("time", at(0))
            json.key("empty")
            json.array([Int]()) { $0.value($1) }
            json.key("nested")
            json.array([1, 2]) { json, number in json.object { $0.member("n", number) } }
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"text":"a\"b\n","none":null,"number":-5,"large":18446744073709551615,"decimal":0.25,"#
                + #""not_a_number":null,"flag":true,"time":"2025-01-03T14:00:00.000000Z","empty":[],"#
                + #""nested":[{"n":1},{"n":2}]}"#)
    }

    @Test func damageMakesAnAnswerPartial() {
        var statistics = ScanStatistics()
        statistics.blocksDamaged = 1
        var json = JSONOutput()
        json.object { $0.statistics(statistics, since: .now) }
        #expect(JSONValue(json.bytes)?["partial"]?.flag == true)
        #expect(SearchRoute.trailers(statistics, nil) != nil)
        #expect(SearchRoute.trailers(ScanStatistics(), nil) == nil)
    }

    @Test func cellsOfTablesKeepTheirType() {
        var json = JSONOutput()
        json.row(
            [.missing, .text(Array("t".utf8)), .integer(5), .decimal(1.5), .time(at(1))], ["a", "b", "c", "d", "e"])
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"a":null,"b":"t","c":5,"d":1.5,"e":"2025-01-03T14:00:01.000000Z"}"#)
    }
}
