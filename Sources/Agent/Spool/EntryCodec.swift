import LogModel

/// Entries as the payload of a record of the spool; the layout is in `SegmentFormat`.
enum EntryCodec {
    /// Appends the entries at `indexes` and the mark that belongs to them.
    static func append(_ indexes: some Collection<Int>, of batch: Batch, mark: InputMark?, to bytes: inout [UInt8]) {
        bytes.append(mark == nil ? 0 : 1)
        if let mark { append(mark, to: &bytes) }
        for index in indexes { append(index, of: batch, to: &bytes) }
    }

    static func append(_ mark: InputMark, to bytes: inout [UInt8]) {
        bytes.append(counted: Array(mark.input.utf8))
        bytes.append(counted: mark.value)
    }

    private static func append(_ index: Int, of batch: Batch, to bytes: inout [UInt8]) {
        bytes.append(batch.levels[index])
        bytes.append(fixed: batch.times[index])
        for string in [
            batch.devices[index], batch.sessions[index], batch.modules[index], batch.loggers[index],
            batch.processes[index], batch.threads[index],
        ] { batch.strings.withBytes(Int(string)) { bytes.append(counted: $0) } }
        batch.messages.withBytes(index) { bytes.append(counted: $0) }
        let attributes = batch.contextRange(index)
        bytes.append(varint: attributes.count)
        for attribute in attributes {
            batch.strings.withBytes(Int(batch.contextKeys[attribute])) { bytes.append(counted: $0) }
            batch.contextValues.withBytes(attribute) { bytes.append(counted: $0) }
        }
    }

    static func mark(_ reader: inout SpoolReader) throws(SpoolReader.Malformed) -> InputMark {
        let input = String(decoding: try reader.counted(), as: UTF8.self)
        return InputMark(input: input, value: Array(try reader.counted()))
    }

    /// The mark of an entries record, where it has one; the entries follow.
    static func leadingMark(_ reader: inout SpoolReader) throws(SpoolReader.Malformed) -> InputMark? {
        try reader.byte() == 1 ? try mark(&reader) : nil
    }

    /// The level of the entry that comes next.
    static func nextLevel(_ reader: SpoolReader) throws(SpoolReader.Malformed) -> Level {
        var reader = reader
        return try level(&reader)
    }

    /// Passes over one entry.
    ///
    /// - Returns: Its level.
    static func skipEntry(_ reader: inout SpoolReader) throws(SpoolReader.Malformed) -> Level {
        let level = try level(&reader)
        _ = try reader.take(8)
        for _ in 0..<7 { _ = try reader.counted() }
        for _ in 0..<2 * (try reader.varint()) { _ = try reader.counted() }
        return level
    }

    /// Appends one entry to `batch`. Where this throws, the batch is as it was.
    static func readEntry(_ reader: inout SpoolReader, into batch: inout Batch) throws(SpoolReader.Malformed) {
        let count = batch.count
        do throws(SpoolReader.Malformed) {
            batch.levels.append(try level(&reader).rawValue)
            batch.times.append(try reader.fixed(Int64.self))
            batch.devices.append(batch.strings.intern(try reader.counted()))
            batch.sessions.append(batch.strings.intern(try reader.counted()))
            batch.modules.append(batch.strings.intern(try reader.counted()))
            batch.loggers.append(batch.strings.intern(try reader.counted()))
            batch.processes.append(batch.strings.intern(try reader.counted()))
            batch.threads.append(batch.strings.intern(try reader.counted()))
            batch.messages.append(try reader.counted())
            for _ in 0..<(try reader.varint()) {
                batch.contextKeys.append(batch.strings.intern(try reader.counted()))
                batch.contextValues.append(try reader.counted())
            }
            batch.contextEnds.append(UInt32(batch.contextKeys.count))
        } catch {
            batch.truncate(to: count)
            throw error
        }
    }

    private static func level(_ reader: inout SpoolReader) throws(SpoolReader.Malformed) -> Level {
        guard let level = Level(rawValue: try reader.byte()) else { throw SpoolReader.Malformed() }
        return level
    }
}
