import LogDB
import LogModel

/// Writes entries as lines of a log file, for people:
///
///     2025-01-03T14:00:00.000000Z ERROR [navigation] retry 3 of 5 failed retry_count=3
///
/// More lines of a message follow after a tab, so that every entry begins with a time at the start of a line.
struct LogFileWriter {
    private static let newline = UInt8(ascii: "\n")

    func append(_ rows: Rows, to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + rows.batch.byteCount)
        for index in 0..<rows.count { append(index, of: rows.batch, to: &bytes) }
    }

    private func append(_ index: Int, of batch: Batch, to bytes: inout [UInt8]) {
        Timestamp(microseconds: batch.times[index]).appendText(to: &bytes)
        let level = batch.levelName(index)
        bytes.append(UInt8(ascii: " "))
        bytes += level
        // As wide as the widest, so that messages are one below the other.
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: max(6 - level.count, 1)))
        append(batch.modules[index], of: batch, UInt8(ascii: "["), UInt8(ascii: "]"), to: &bytes)
        batch.messages.withBytes(index) { append(lines: $0, to: &bytes) }
        for attribute in batch.contextRange(index) {
            bytes.append(UInt8(ascii: " "))
            batch.strings.withBytes(Int(batch.contextKeys[attribute])) { append(lines: $0, to: &bytes) }
            bytes.append(UInt8(ascii: "="))
            batch.contextValues.withBytes(attribute) { append(value: $0, to: &bytes) }
        }
        bytes.append(LogFileWriter.newline)
    }

    private func append(_ code: UInt32, of batch: Batch, _ open: UInt8, _ close: UInt8, to bytes: inout [UInt8]) {
        batch.strings.withBytes(Int(code)) { name in
            guard !name.isEmpty else { return }
            bytes.append(open)
            append(lines: name, to: &bytes)
            bytes.append(close)
            bytes.append(UInt8(ascii: " "))
        }
    }

    private func append(lines text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        guard text.contains(LogFileWriter.newline) else {
            bytes.append(contentsOf: text)
            return
        }
        for byte in text {
            bytes.append(byte)
            if byte == LogFileWriter.newline { bytes.append(UInt8(ascii: "\t")) }
        }
    }

    /// Quoted where it would else be read as more than one thing.
    private func append(value: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        let isPlain = !value.isEmpty && value.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7f }
        if isPlain { bytes.append(contentsOf: value) } else { bytes.appendJSONString(value) }
    }
}
