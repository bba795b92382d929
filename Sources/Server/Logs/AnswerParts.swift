import LogDB
import LogModel
import Query

/// The members that answers to queries share.
extension JSONOutput {
    /// The effective range; a side that is open is null.
    mutating func range(_ range: TimeRange, zone: String) {
        key("range")
        object { json in
            json.member("since", range.since == TimeRange.all.since ? nil : range.since)
            json.member("until", range.until == TimeRange.all.until ? nil : range.until)
            json.member("tz", zone)
        }
    }

    mutating func statistics(_ statistics: ScanStatistics, since start: ContinuousClock.Instant) {
        key("stats")
        object { json in
            json.member("rows_scanned", statistics.rowsScanned)
            json.member("blocks_total", statistics.blocksTotal)
            json.member("blocks_read", statistics.blocksRead)
            json.member("bytes_decompressed", statistics.bytesDecompressed)
            json.member("cold_objects_read", statistics.coldSegments.count)
            json.member("cold_bytes_fetched", statistics.coldBytesFetched)
            let microseconds = (ContinuousClock.now - start) / .microseconds(1)
            json.member("elapsed_ms", microseconds.rounded() / 1_000)
        }
        if statistics.blocksDamaged > 0 { member("partial", true) }
    }

    mutating func warnings(_ warnings: [QueryWarning]) {
        key("warnings")
        array(warnings) { json, warning in
            json.object { json in
                json.member("code", warning.code)
                json.member("message", warning.message)
                if let offset = warning.offset { json.member("offset", offset) }
                if let length = warning.length { json.member("length", length) }
            }
        }
    }

    mutating func value(_ value: Value) {
        switch value {
        case .missing: null()
        case .text(let bytes): self.value(bytes)
        case .integer(let number): self.value(Int(number))
        case .decimal(let number): self.value(number)
        case .time(let time): self.value(time)
        case .boolean(let boolean): self.value(boolean)
        case .attributes(let attributes):
            object { json in
                for attribute in attributes {
                    json.key(String(decoding: attribute.key, as: UTF8.self))
                    json.value(attribute.value)
                }
            }
        }
    }
}
