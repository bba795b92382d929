import LogModel
import Testing

@Suite struct TimestampTests {
    static let moments: [Int64] = {
        var random = SeededGenerator(seed: 1)
        var moments: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max, 951_782_400_000_000, -62_167_219_200_000_000]
        for day: Int64 in [-719_529, -719_528, -1, 0, 1, 59, 60, 10_957, 2_932_896, 2_932_897] {
            moments += [day * Timestamp.microsecondsPerDay - 1, day * Timestamp.microsecondsPerDay]
        }
        moments += (0..<2_000).map { _ in Int64.random(in: .min ... .max, using: &random) }
        moments += (0..<2_000).map { _ in
            Int64.random(in: -4_000_000_000_000_000...4_000_000_000_000_000, using: &random)
        }
        return moments
    }()

    @Test func everyMomentHasADateAndComesBack() {
        for microseconds in TimestampTests.moments {
            let time = Timestamp(microseconds: microseconds)
            let civil = CivilTime(time)
            #expect(civil.isValid, "\(microseconds)")
            #expect(civil.timestamp == time, "\(microseconds)")
        }
    }

    @Test func everyMomentReadsBackFromItsText() {
        for microseconds in TimestampTests.moments {
            let time = Timestamp(microseconds: microseconds)
            #expect(Timestamp(rfc3339: time.description) == time, "\(time)")
        }
    }

    @Test func dayIsTheDayThatContains() {
        for microseconds in TimestampTests.moments {
            let day = Timestamp(microseconds: microseconds).day
            let (start, overflow) = day.multipliedReportingOverflow(by: Timestamp.microsecondsPerDay)
            #expect(overflow || (start <= microseconds && microseconds - start < Timestamp.microsecondsPerDay))
            #expect(CivilTime(Timestamp(microseconds: microseconds)).daysSinceEpoch == day)
        }
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (1_735_914_732_345_678, "2025-01-03T14:32:12.345678Z"),
        (-1, "1969-12-31T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        (253_402_300_800_000_000, "+010000-01-01T00:00:00.000000Z"),
        (-62_167_219_200_000_001, "-000001-12-31T23:59:59.999999Z"), (Int64.min, "-290308-12-21T19:59:05.224192Z"),
        (Int64.max, "+294247-01-10T04:00:54.775807Z"),
    ])
    func textOfKnownMoments(_ microseconds: Int64, _ text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test(arguments: [
        "2025-01-03T14:32:12.345678Z", "2025-01-03t14:32:12.345678z", "2025-01-03 14:32:12,345678",
        "2025-01-03_14:32:12.345678999Z", "2025-01-03T16:32:12.345678+02:00", "2025-01-03T09:02:12.345678-0530",
        "2025-01-03T16:32:12.345678+02",
    ])
    func oneMomentInManyForms(_ text: String) {
        #expect(Timestamp(rfc3339: text) == Timestamp(microseconds: 1_735_914_732_345_678))
    }

    @Test(arguments: [
        "", "2025", "2025-01-03", "2025-13-03T00:00:00Z", "2025-02-29T00:00:00Z", "2025-01-03T24:00:00Z",
        "2025-01-03T00:60:00Z", "2025-01-03T00:00:61Z", "2025-01-03T00:00:00.Z", "2025-01-03T00:00:00.1234567890Z",
        "2025-01-03T00:00:00Zx", "2025-01-03T00:00:00+24:00", "2025-01-03T00:00:00+2:00", "25-01-03T00:00:00Z",
        "2025/01/03T00:00:00Z", "+294247-01-10T04:00:54.775808Z", "+294247-01-10T04:00:54-23:00",
        "-290308-12-21T19:59:05.224191Z", "-290308-12-21T19:59:06+23:00",
    ])
    func otherTextIsNoTime(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func epochNumbersByTheirDigits() {
        func read(_ text: String) -> Int64? {
            Array(text.utf8).withUnsafeBytes { Timestamp(epochDigits: $0)?.microseconds }
        }
        #expect(read("1735862401") == 1_735_862_401_000_000)
        #expect(read("1735862401119") == 1_735_862_401_119_000)
        #expect(read("1735862401119348") == 1_735_862_401_119_348)
        #expect(read("1735862401119348999") == 1_735_862_401_119_348)
        #expect(read("9223372036854775807") == 9_223_372_036_854_775)
        for text in ["", "1", "173586240", "17358624011", "-1735862401", "173586240x", "9999999999999999999"] {
            #expect(read(text) == nil, "\(text)")
        }
    }
}
