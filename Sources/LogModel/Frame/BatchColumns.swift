/// The columns of a batch frame, uncompressed; `BatchFrame` shows their layout.
enum BatchColumns {
    static func encode(_ batch: Batch) -> [UInt8] {
        let rowCount = batch.count
        let attributeCount = batch.contextKeys.count
        // Every number at its longest, so that the writer needs no checks.
        let bound =
            16 + batch.strings.count * 5 + batch.strings.bytes.count + rowCount * (10 + 1 + 6 * 4 + 5 + 5)
            + 7 * (1 + 5) + batch.messages.bytes.count + attributeCount * (4 + 5) + batch.contextValues.bytes.count
        precondition(bound < 1 << 32, "a batch frame holds less than 4 GiB")
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            var writer = ColumnWriter(buffer.baseAddress!)
            writer.varint(UInt64(batch.strings.count))
            writer.lengths(batch.strings.ends)
            writer.bytes(batch.strings.bytes)
            writer.times(batch.times)
            writer.bytes(batch.levels)
            for column in [
                batch.devices, batch.sessions, batch.modules, batch.loggers, batch.processes, batch.threads,
            ] {
                writer.codes(column, stringCount: batch.strings.count)
            }
            writer.lengths(batch.messages.ends)
            writer.bytes(batch.messages.bytes)
            writer.lengths(batch.contextEnds)
            writer.codes(batch.contextKeys, stringCount: batch.strings.count)
            writer.lengths(batch.contextValues.ends)
            writer.bytes(batch.contextValues.bytes)
            count = writer.count
        }
    }

    /// Reads columns, and checks that nothing in them points outside of them.
    static func decode(_ bytes: UnsafeRawBufferPointer, rowCount: Int) throws(BatchFrameError) -> Batch {
        var reader = ColumnReader(bytes)
        var batch = Batch()
        try reader.readStrings(into: &batch.strings)
        let stringCount = batch.strings.count
        batch.times = try reader.readTimes(count: rowCount)
        batch.levels = try reader.readLevels(count: rowCount)
        batch.devices = try reader.readCodes(count: rowCount, stringCount: stringCount)
        batch.sessions = try reader.readCodes(count: rowCount, stringCount: stringCount)
        batch.modules = try reader.readCodes(count: rowCount, stringCount: stringCount)
        batch.loggers = try reader.readCodes(count: rowCount, stringCount: stringCount)
        batch.processes = try reader.readCodes(count: rowCount, stringCount: stringCount)
        batch.threads = try reader.readCodes(count: rowCount, stringCount: stringCount)
        batch.messages = try reader.readByteColumn(count: rowCount)
        batch.contextEnds = try reader.readEnds(count: rowCount)
        let attributeCount = Int(batch.contextEnds.last ?? 0)
        batch.contextKeys = try reader.readCodes(count: attributeCount, stringCount: stringCount)
        batch.contextValues = try reader.readByteColumn(count: attributeCount)
        guard reader.isAtEnd else { throw reader.damaged("expected the end") }
        return batch
    }
}
