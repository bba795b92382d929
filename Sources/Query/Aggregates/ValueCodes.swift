import LogDB
import LogModel

/// Numbers for the values of one column, the same for equal values, over any number of batches.
struct ValueCodes {
    private static let missing: UInt32 = 0
    private var texts = StringTable()
    /// Other values, by their bytes with the kind before them.
    private var others = StringTable()
    private var otherValues: [Value] = []

    /// In memory, about.
    var byteCount: Int { texts.bytes.count + others.bytes.count + (texts.count + others.count) * 24 }

    var textByteCount: Int { texts.bytes.count }

    /// The number of each row's value.
    ///
    /// - Parameter buckets: What times are rounded down to.
    mutating func codes(of reader: ColumnReader, count: Int, buckets: TimeBuckets? = nil) -> [UInt32] {
        if let buckets { return bucketCodes(reader, count, buckets) }
        if let identifiers = reader.identifiers { return identifierCodes(reader, identifiers) }
        if let levels = reader.levels {
            var known = [UInt32?](repeating: nil, count: Level.allCases.count)
            return levels.indices.map { row in
                let level = Int(levels[row])
                if let code = known[level] { return code }
                let code = self.code(reader.value(row))
                known[level] = code
                return code
            }
        }
        if let times = reader.times { return times.map { code(.time(Timestamp(microseconds: $0))) } }
        if reader.hasTexts {
            return (0..<count).map { row in reader.withBytes(row) { self.code($0) } ?? ValueCodes.missing }
        }
        return (0..<count).map { row in self.code(reader.value(row)) }
    }

    private mutating func identifierCodes(_ reader: ColumnReader, _ identifiers: [UInt32]) -> [UInt32] {
        // Once a string, not once a row.
        var known = [UInt32](repeating: .max, count: reader.strings.count)
        return identifiers.map { string in
            if known[Int(string)] != .max { return known[Int(string)] }
            let code = reader.strings.withBytes(Int(string)) { $0.isEmpty ? ValueCodes.missing : self.code($0) }
            known[Int(string)] = code
            return code
        }
    }

    private mutating func bucketCodes(_ reader: ColumnReader, _ count: Int, _ buckets: TimeBuckets) -> [UInt32] {
        var last: (bucket: Timestamp, until: Timestamp, code: UInt32)?
        return (0..<count).map { row in
            guard case .time(let time) = reader.value(row) else { return ValueCodes.missing }
            if let last, last.bucket <= time, time < last.until { return last.code }
            let bucket = buckets.start(of: time)
            let code = self.code(.time(bucket))
            last = (bucket, buckets.next(after: bucket), code)
            return code
        }
    }

    private mutating func code(_ text: UnsafeRawBufferPointer) -> UInt32 { 1 + 2 * texts.intern(text) }

    mutating func code(_ value: Value) -> UInt32 {
        switch value {
        case .missing, .attributes: return ValueCodes.missing
        case .text(let bytes): return bytes.withUnsafeBytes { code($0) }
        case .integer(let integer): return other(0, UInt64(bitPattern: integer), value)
        case .decimal(let decimal): return other(1, decimal.bitPattern, value)
        case .time(let time): return other(2, UInt64(bitPattern: time.microseconds), value)
        case .boolean(let boolean): return other(3, boolean ? 1 : 0, value)
        }
    }

    private mutating func other(_ kind: UInt8, _ bits: UInt64, _ value: Value) -> UInt32 {
        let number = withUnsafeBytes(of: (bits, UInt64(kind))) { others.intern($0) }
        if Int(number) == otherValues.count { otherValues.append(value) }
        return 2 + 2 * number
    }

    /// The value with a number.
    func value(_ code: UInt32) -> Value {
        if code == ValueCodes.missing { return .missing }
        return code & 1 == 1 ? .text(texts[Int(code >> 1)]) : otherValues[Int(code >> 1) - 1]
    }
}
