import LogModel
import Testing

@testable import Agent

struct SourceZoneTests {
    private func moment(_ zone: String, _ local: String) throws -> String {
        let zone = try #require(SourceZone(zone))
        return zone.moment(ofLocal: try #require(Timestamp(rfc3339: local))).description
    }

    @Test(arguments: [
        ("UTC", "2025-07-01 12:00:00", "2025-07-01T12:00:00.000000Z"),
        ("+02:00", "2025-07-01 12:00:00.5", "2025-07-01T10:00:00.500000Z"),
        ("-0330", "2025-07-01 12:00:00", "2025-07-01T15:30:00.000000Z"),
        ("Europe/Berlin", "2025-07-01 12:00:00", "2025-07-01T10:00:00.000000Z"),
        ("Europe/Berlin", "2025-01-01 12:00:00", "2025-01-01T11:00:00.000000Z"),
        // Set on at 02:00 to 03:00, set back at 03:00 to 02:00.
        ("Europe/Berlin", "2025-03-30 01:59:59", "2025-03-30T00:59:59.000000Z"),
        ("Europe/Berlin", "2025-03-30 03:00:00", "2025-03-30T01:00:00.000000Z"),
        ("Europe/Berlin", "2025-03-30 02:30:00", "2025-03-30T01:30:00.000000Z"),
        ("Europe/Berlin", "2025-10-26 02:30:00", "2025-10-26T00:30:00.000000Z"),
        ("Europe/Berlin", "2025-10-26 03:00:00", "2025-10-26T02:00:00.000000Z"),
        ("America/St_Johns", "2025-07-01 12:00:00", "2025-07-01T14:30:00.000000Z"),
    ])
    func aLocalTimeIsAMoment(zone: String, local: String, utc: String) throws {
        #expect(try moment(zone, local) == utc)
    }

    @Test(arguments: ["", "EST", "+2", "+25:00", "Europe/Nowhere", "2025"])
    func whatIsNoZoneIsRefused(name: String) { #expect(SourceZone(name) == nil) }
}
