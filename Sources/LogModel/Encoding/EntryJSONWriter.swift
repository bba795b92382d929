/// Writes entries as the JSON objects that the API answers with:
/// `{"id":…,"time":…,"received":…,"device":…,"session":…,"level":…,"module":…,"logger":…,"process":…,"thread":…,
/// "message":…,"context":{…}}`, every member there, times in RFC 3339; then `"device_time":…` where the entry has that
/// attribute, which is not in `context` then.
///
/// Keeps the texts of the last two days, which most times of entries and of their receipt share. Belongs to one task at a
/// time.
public struct EntryJSONWriter: Sendable {
    private var lastDay = DayText()
    private var otherDay = DayText()

    public init() {}

    /// The attribute that keeps what the device's clock said, where `time` was corrected.
    public static let deviceTimeName = "device_time"

    /// Appends entry `index` of `batch`.
    ///
    /// - Parameters:
    ///   - id: The entry's identity, as text.
    ///   - received: When the server received it.
    public mutating func append(
        _ index: Int, of batch: Batch, id: UnsafeRawBufferPointer, received: Timestamp, to output: inout [UInt8]
    ) {
        // Each literal closes the member before and opens the next: half as many appends.
        output.append(literal: "{\"id\":\"")
        output.appendJSONStringContent(id)
        output.append(literal: "\",\"time\":")
        appendTime(Timestamp(microseconds: batch.times[index]), to: &output)
        output.append(literal: ",\"received\":")
        appendTime(received, to: &output)
        output.append(literal: ",\"device\":\"")
        append(batch.devices[index], batch, &output)
        output.append(literal: "\",\"session\":\"")
        append(batch.sessions[index], batch, &output)
        switch Level(rawValue: batch.levels[index]) ?? .info {
        case .debug: output.append(literal: "\",\"level\":\"DEBUG\",\"module\":\"")
        case .info: output.append(literal: "\",\"level\":\"INFO\",\"module\":\"")
        case .warn: output.append(literal: "\",\"level\":\"WARN\",\"module\":\"")
        case .error: output.append(literal: "\",\"level\":\"ERROR\",\"module\":\"")
        case .fatal: output.append(literal: "\",\"level\":\"FATAL\",\"module\":\"")
        }
        append(batch.modules[index], batch, &output)
        output.append(literal: "\",\"logger\":\"")
        append(batch.loggers[index], batch, &output)
        output.append(literal: "\",\"process\":\"")
        append(batch.processes[index], batch, &output)
        output.append(literal: "\",\"thread\":\"")
        append(batch.threads[index], batch, &output)
        output.append(literal: "\",\"message\":\"")
        batch.messages.withBytes(index) { output.appendJSONStringContent($0) }
        output.append(literal: "\",\"context\":")
        let deviceTime = appendContext(index, of: batch, leavingOutDeviceTime: true, to: &output)
        if let deviceTime {
            output.append(literal: ",\"device_time\":\"")
            batch.contextValues.withBytes(deviceTime) { output.appendJSONStringContent($0) }
            output.append(UInt8(ascii: "\""))
        }
        output.append(UInt8(ascii: "}"))
    }

    /// As `append(_:of:id:received:to:)` with an identity as a string.
    public mutating func append(
        _ index: Int, of batch: Batch, id: String, received: Timestamp, to output: inout [UInt8]
    ) {
        var id = id
        id.withUTF8 { append(index, of: batch, id: UnsafeRawBufferPointer($0), received: received, to: &output) }
    }

    /// Appends the context of entry `index` as an object.
    public func appendContext(_ index: Int, of batch: Batch, to output: inout [UInt8]) {
        _ = appendContext(index, of: batch, leavingOutDeviceTime: false, to: &output)
    }

    /// - Returns: The attribute `device_time`, where it was left out.
    private func appendContext(
        _ index: Int, of batch: Batch, leavingOutDeviceTime: Bool, to output: inout [UInt8]
    ) -> Int? {
        var isFirst = true
        var deviceTime: Int?
        for attribute in batch.contextRange(index) {
            batch.strings.withBytes(Int(batch.contextKeys[attribute])) { name in
                if leavingOutDeviceTime, name.count == EntryJSONWriter.deviceTimeName.utf8.count,
                    name.elementsEqual(EntryJSONWriter.deviceTimeName.utf8)
                {
                    deviceTime = attribute
                    return
                }
                output.append(literal: isFirst ? "{\"" : "\",\"")
                isFirst = false
                output.appendJSONStringContent(name)
                output.append(literal: "\":\"")
                batch.contextValues.withBytes(attribute) { output.appendJSONStringContent($0) }
            }
        }
        output.append(literal: isFirst ? "{}" : "\"}")
        return deviceTime
    }

    /// Appends a time as a JSON string, RFC 3339 in UTC with six decimals.
    public mutating func appendTime(_ time: Timestamp, to output: inout [UInt8]) {
        let day = time.day
        if lastDay.day != day {
            swap(&lastDay, &otherDay)
            if lastDay.day != day { lastDay = DayText(of: time) }
        }
        lastDay.append(time, to: &output)
    }

    private func append(_ string: UInt32, _ batch: Batch, _ output: inout [UInt8]) {
        batch.strings.withBytes(Int(string)) { output.appendJSONStringContent($0) }
    }
}

/// A time as a JSON string, of which only the time of day changes.
private struct DayText: Sendable {
    private(set) var day: Int64?
    private var text: [UInt8] = []
    /// Where the hour starts in it.
    private var hourOffset = 0

    init() {}

    init(of time: Timestamp) {
        day = time.day
        text = [UInt8(ascii: "\"")]
        time.appendText(to: &text)
        text.append(UInt8(ascii: "\""))
        hourOffset = text.count - "00:00:00.000000Z\"".utf8.count
    }

    /// - Parameter time: Of the day.
    mutating func append(_ time: Timestamp, to output: inout [UInt8]) {
        // Wrapping: the first day of all starts before the first moment.
        let inDay = UInt32(
            truncatingIfNeeded: (time.microseconds &- time.day &* Timestamp.microsecondsPerDay) / 1_000_000)
        let fraction = UInt32(
            truncatingIfNeeded: (time.microseconds &- time.day &* Timestamp.microsecondsPerDay) % 1_000_000)
        let offset = hourOffset
        text.withUnsafeMutableBufferPointer { text in
            DayText.write(inDay / 3_600, to: text, at: offset, width: 2)
            DayText.write(inDay / 60 % 60, to: text, at: offset + 3, width: 2)
            DayText.write(inDay % 60, to: text, at: offset + 6, width: 2)
            DayText.write(fraction, to: text, at: offset + 9, width: 6)
        }
        output.append(contentsOf: text)
    }

    @inline(__always)
    private static func write(
        _ value: UInt32, to text: UnsafeMutableBufferPointer<UInt8>, at offset: Int, width: Int
    ) {
        var rest = value
        for index in stride(from: offset + width - 1, through: offset, by: -1) {
            text[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}
