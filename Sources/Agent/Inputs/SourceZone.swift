import Foundation
import LogModel

/// The zone of a source's times: a fixed offset, or a name of the IANA database.
public struct SourceZone: Sendable, Hashable {
    private let zone: TimeZone

    public static let utc = SourceZone(zone: .gmt)

    private init(zone: TimeZone) { self.zone = zone }

    /// `UTC`, `+02:00`, `-0330`, `Europe/Berlin`; nil for what is no zone.
    public init?(_ name: String) {
        if name == "UTC" || name == "Z" {
            self = .utc
        } else if let seconds = SourceZone.offset(name) {
            guard let zone = TimeZone(secondsFromGMT: seconds) else { return nil }
            self.zone = zone
        } else {
            // Abbreviations mean different zones to different people.
            guard name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
            self.zone = zone
        }
    }

    private static func offset(_ name: String) -> Int? {
        guard let sign = name.first, sign == "+" || sign == "-" else { return nil }
        let digits = name.dropFirst().filter { $0 != ":" }
        guard digits.count == 4, let number = Int(digits), number / 100 <= 18, number % 100 < 60 else { return nil }
        return (sign == "-" ? -1 : 1) * (number / 100 * 3_600 + number % 100 * 60)
    }

    /// The moment of a local time that was read as if it were UTC. A time that comes twice, as clocks are set back, is the
    /// first of the two; one that never comes is what clocks would have shown before they were set on.
    func moment(ofLocal local: Timestamp) -> Timestamp {
        func offset(_ microseconds: Int64) -> Int64 {
            let date = Date(timeIntervalSince1970: Double(microseconds / 1_000_000))
            return Int64(zone.secondsFromGMT(for: date)) * 1_000_000
        }
        let day: Int64 = 86_400_000_000
        // What holds a day before and after: between them there is at most one change.
        let (before, after) = (offset(local.microseconds - day), offset(local.microseconds + day))
        let first = local.microseconds - before
        if before == after || offset(first) == before { return Timestamp(microseconds: first) }
        let second = local.microseconds - after
        return Timestamp(microseconds: offset(second) == after ? second : first)
    }
}
