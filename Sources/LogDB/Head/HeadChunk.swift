import LogModel

/// A stretch of the head: columns of a fixed capacity that the commit thread appends to and scans read at the same time.
///
/// Invariants that make this safe without a lock a row: memory is never moved; rows and strings below a count that was
/// published under the head's lock are never written again; a reader takes counts under that lock and stays below them.
final class HeadChunk: @unchecked Sendable {
    static let rowCapacity = 8_192
    private static let textCapacity = 1 << 20
    private static let attributeByteCapacity = 1 << 19
    private static let attributeCapacity = rowCapacity * 4
    private static let stringCapacity = 4_096
    private static let stringByteCapacity = 1 << 17

    struct Counts {
        var rows = 0
        var strings = 0
    }

    let times: ColumnBuffer<Int64>
    let received: ColumnBuffer<Int64>
    let sequences: ColumnBuffer<Int64>
    let levels: ColumnBuffer<UInt8>
    let devices: ColumnBuffer<UInt32>
    let sessions: ColumnBuffer<UInt64>
    /// One code column for each `IdentifierColumn`, into the chunk's strings.
    let identifiers: [ColumnBuffer<UInt32>]
    let messageBytes: ColumnBuffer<UInt8>
    let messageEnds: ColumnBuffer<UInt32>
    let contextEnds: ColumnBuffer<UInt32>
    let attributeKeys: ColumnBuffer<UInt32>
    let attributeBytes: ColumnBuffer<UInt8>
    let attributeEnds: ColumnBuffer<UInt32>
    let stringBytes: ColumnBuffer<UInt8>
    let stringEnds: ColumnBuffer<UInt32>

    /// Written by the commit thread alone.
    private(set) var written = Counts()
    private var attributeCount = 0
    /// Open-addressed: a string's code plus one, or 0 where free. A power of two, at most half full.
    private var stringSlots: [UInt32]
    private(set) var timeMin = Int64.max
    private(set) var timeMax = Int64.min

    /// - Parameter batch: What the chunk must at least be able to take, where that is more than the usual.
    init(toHold batch: Batch) {
        let rows = max(HeadChunk.rowCapacity, batch.count)
        times = ColumnBuffer(count: rows)
        received = ColumnBuffer(count: rows)
        sequences = ColumnBuffer(count: rows)
        levels = ColumnBuffer(count: rows)
        devices = ColumnBuffer(count: rows)
        sessions = ColumnBuffer(count: rows)
        identifiers = IdentifierColumn.allCases.map { _ in ColumnBuffer(count: rows) }
        messageBytes = ColumnBuffer(count: max(HeadChunk.textCapacity, batch.messages.bytes.count))
        messageEnds = ColumnBuffer(count: rows)
        contextEnds = ColumnBuffer(count: rows)
        attributeKeys = ColumnBuffer(count: max(HeadChunk.attributeCapacity, batch.contextKeys.count))
        attributeBytes = ColumnBuffer(count: max(HeadChunk.attributeByteCapacity, batch.contextValues.bytes.count))
        attributeEnds = ColumnBuffer(count: max(HeadChunk.attributeCapacity, batch.contextKeys.count))
        stringBytes = ColumnBuffer(count: max(HeadChunk.stringByteCapacity, batch.strings.bytes.count))
        let strings = max(HeadChunk.stringCapacity, batch.strings.count)
        stringEnds = ColumnBuffer(count: strings)
        var slotCount = 64
        while slotCount < strings * 2 { slotCount *= 2 }
        stringSlots = [UInt32](repeating: 0, count: slotCount)
    }

    /// Whether all of `batch` fits beside what is there, even if none of its strings is known.
    func hasRoom(for batch: Batch) -> Bool {
        written.rows + batch.count <= times.elements.count
            && messageByteCount + batch.messages.bytes.count <= messageBytes.elements.count
            && attributeCount + batch.contextKeys.count <= attributeKeys.elements.count
            && attributeByteCount + batch.contextValues.bytes.count <= attributeBytes.elements.count
            && written.strings + batch.strings.count <= stringEnds.elements.count
            && stringByteCount + batch.strings.bytes.count <= stringBytes.elements.count
    }

    private var messageByteCount: Int { written.rows == 0 ? 0 : Int(messageEnds.elements[written.rows - 1]) }
    private var attributeByteCount: Int { attributeCount == 0 ? 0 : Int(attributeEnds.elements[attributeCount - 1]) }
    private var stringByteCount: Int { written.strings == 0 ? 0 : Int(stringEnds.elements[written.strings - 1]) }

    /// Appends the rows of `batch`, after `hasRoom` said yes.
    ///
    /// - Parameters:
    ///   - streams: Device and session of each distinct pair, by `streamOfRow`.
    ///   - sequence: Of the batch's first row; row n has `sequence + n`.
    func append(
        _ batch: Batch, streams: [ResolvedStream], streamOfRow: [UInt32], received time: Int64, sequence: UInt64
    ) {
        var codes = [UInt32](repeating: UInt32.max, count: batch.strings.count)
        for (column, strings) in [batch.modules, batch.loggers, batch.processes, batch.threads].enumerated() {
            let target = identifiers[column].elements
            for row in 0..<batch.count { target[written.rows + row] = code(strings[row], batch, &codes) }
        }
        let times = times.elements
        let received = received.elements
        let sequences = sequences.elements
        let levels = levels.elements
        let devices = devices.elements
        let sessions = sessions.elements
        for row in 0..<batch.count {
            let target = written.rows + row
            let stream = streams[Int(streamOfRow[row])]
            let rowTime = batch.times[row]
            times[target] = rowTime
            timeMin = min(timeMin, rowTime)
            timeMax = max(timeMax, rowTime)
            received[target] = time
            sequences[target] = Int64(bitPattern: sequence &+ UInt64(row))
            levels[target] = batch.levels[row]
            devices[target] = stream.device
            sessions[target] = stream.session
        }
        appendText(batch, &codes)
        written.rows += batch.count
    }

    private func appendText(_ batch: Batch, _ codes: inout [UInt32]) {
        let messageStart = messageByteCount
        HeadChunk.copy(batch.messages.bytes, to: messageBytes, at: messageStart)
        for row in 0..<batch.count {
            messageEnds.elements[written.rows + row] = UInt32(messageStart) + batch.messages.ends[row]
        }
        let attributeStart = attributeByteCount
        HeadChunk.copy(batch.contextValues.bytes, to: attributeBytes, at: attributeStart)
        for attribute in batch.contextKeys.indices {
            let target = attributeCount + attribute
            attributeKeys.elements[target] = code(batch.contextKeys[attribute], batch, &codes)
            attributeEnds.elements[target] = UInt32(attributeStart) + batch.contextValues.ends[attribute]
        }
        for row in 0..<batch.count {
            contextEnds.elements[written.rows + row] = UInt32(attributeCount) + batch.contextEnds[row]
        }
        attributeCount += batch.contextKeys.count
    }

    private static func copy(_ bytes: [UInt8], to buffer: ColumnBuffer<UInt8>, at start: Int) {
        bytes.withUnsafeBytes {
            guard let source = $0.baseAddress else { return }
            UnsafeMutableRawPointer(buffer.elements.baseAddress! + start).copyMemory(from: source, byteCount: $0.count)
        }
    }

    /// The chunk's code for a string of the batch, found once a string.
    private func code(_ string: UInt32, _ batch: Batch, _ codes: inout [UInt32]) -> UInt32 {
        let known = codes[Int(string)]
        if known != UInt32.max { return known }
        let code = batch.strings.withBytes(Int(string)) { intern($0) }
        codes[Int(string)] = code
        return code
    }

    private func intern(_ string: UnsafeRawBufferPointer) -> UInt32 {
        let strings = BytesView(
            bytes: UnsafeRawBufferPointer(stringBytes.view), ends: UnsafeBufferPointer(stringEnds.elements))
        var slot =
            Int(truncatingIfNeeded: ByteHash.hash(string, secret: ByteHash.processSecret)) & (stringSlots.count - 1)
        while stringSlots[slot] != 0 {
            let code = stringSlots[slot] - 1
            if RawBytes.areEqual(strings[Int(code)], string) { return code }
            slot = (slot + 1) & (stringSlots.count - 1)
        }
        let code = written.strings
        let start = stringByteCount
        if let source = string.baseAddress {
            UnsafeMutableRawPointer(stringBytes.elements.baseAddress! + start)
                .copyMemory(from: source, byteCount: string.count)
        }
        stringEnds.elements[code] = UInt32(start + string.count)
        written.strings += 1
        stringSlots[slot] = UInt32(code + 1)
        return UInt32(code)
    }
}
