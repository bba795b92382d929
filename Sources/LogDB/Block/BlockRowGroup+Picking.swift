import LogModel

/// Single rows of a block, without decoding the columns that they are in.
extension BlockRowGroup {
    func pickedReceived(_ rows: [Int]) throws(LogError) -> [Int64]? {
        columns.received == nil ? try pickedIntegers(.received, rows) : nil
    }

    func pickedSequences(_ rows: [Int]) throws(LogError) -> [Int64]? {
        columns.sequences == nil ? try pickedIntegers(.sequence, rows) : nil
    }

    private func pickedIntegers(_ id: ColumnID, _ rows: [Int]) throws(LogError) -> [Int64]? {
        try read(id) { (reader, decompressor) throws(LogError) in
            try IntegerColumn.pick(rows, &reader, rowCount: rowCount, decompressor: &decompressor)
        }
    }

    func pickedLevels(_ rows: [Int]) throws(LogError) -> [UInt8]? {
        if columns.levels != nil { return nil }
        return try read(.level) { (reader, decompressor) throws(LogError) in
            let plane = try PackedBytes.plane(&reader, count: rowCount, decompressor: &decompressor)
            let levels = rows.map { plane[$0] }
            guard levels.allSatisfy({ $0 <= Level.fatal.rawValue }) else {
                throw reader.damaged("a level out of bounds")
            }
            return levels
        }
    }

    func pickedIdentifiers(
        _ column: IdentifierColumn, _ rows: [Int]
    ) throws(LogError) -> (codes: [UInt32], values: BytesView)? {
        if columns.identifiers[column.rawValue] != nil { return nil }
        let (codes, values) = try read(column.column) { (reader, decompressor) throws(LogError) in
            let valueCount = try reader.count(max: rowCount)
            let values = try StringColumn.decode(
                &reader, count: valueCount, byteCountMax: textByteCountMax, decompressor: &decompressor)
            var codes: [UInt32] = []
            try CodeColumn.pick(
                rows, &reader, rowCount: rowCount, valueCount: valueCount, decompressor: &decompressor, into: &codes)
            return (codes, values)
        }
        columns.pickedValues[column.rawValue] = values
        return (codes, values.view)
    }

    func pickedAttributes(_ rows: [Int], keys: [[UInt8]]?) throws(LogError) -> [PickedAttribute] {
        var picked: [PickedAttribute] = []
        for index in contextKeys.indices where keys?.contains(contextKeys[index]) ?? true {
            picked.append(try pickedAttribute(rows, at: index))
        }
        for (key, attribute) in try others() where keys?.contains(key) ?? true {
            picked.append(pickedAttribute(rows, key, of: attribute.view))
        }
        return picked
    }

    private func pickedAttribute(_ rows: [Int], at index: Int) throws(LogError) -> PickedAttribute {
        if let known = columns.attributes[index] { return pickedAttribute(rows, contextKeys[index], of: known.view) }
        let id = ColumnID(rawValue: ColumnID.firstContext + UInt16(index))
        return try read(id) { (reader, decompressor) throws(LogError) in
            let count = try reader.count(max: rowCount)
            var hasValue = [Bool](repeating: true, count: rows.count)
            var positions = rows
            if count < rowCount {
                let bitmap = try PackedBytes.decode(&reader, max: (rowCount + 7) / 8, decompressor: &decompressor)
                try checkBitmap(bitmap.view, count: count, reader)
                positions.removeAll()
                for (place, row) in rows.enumerated() {
                    let byte = row / 8 < bitmap.elements.count ? bitmap.elements[row / 8] : 0
                    hasValue[place] = byte >> UInt8(row % 8) & 1 != 0
                    if hasValue[place] { positions.append(BlockRowGroup.setCount(bitmap.view, before: row)) }
                }
            }
            var values = ByteColumn()
            if !positions.isEmpty {
                try ValueColumn.pick(
                    positions, &reader, count: count, byteCountMax: textByteCountMax, decompressor: &decompressor,
                    into: &values)
            }
            return PickedAttribute(key: contextKeys[index], hasValue: hasValue, values: values)
        }
    }

    private static func setCount(_ bitmap: UnsafeBufferPointer<UInt8>, before row: Int) -> Int {
        var count = 0
        for byte in 0..<(row / 8) { count += bitmap[byte].nonzeroBitCount }
        return count + (bitmap[row / 8] & (1 << UInt8(row % 8) - 1)).nonzeroBitCount
    }

    private func pickedAttribute(_ rows: [Int], _ key: [UInt8], of view: AttributeView) -> PickedAttribute {
        var values = ByteColumn()
        var hint = 0
        let hasValue = rows.map { row in
            guard let position = view.position(of: row, near: &hint) else { return false }
            values.append(view[position])
            return true
        }
        return PickedAttribute(key: key, hasValue: hasValue, values: values)
    }
}
