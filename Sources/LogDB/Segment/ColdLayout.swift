/// Where the columns of a cold segment's blocks lie in its object. It follows from the directory alone:
///
///     "LDBCOLD1"
///     each block's values but its messages, in the order of `BlockSummary.storedColumns`
///     each block's messages
///     what `ColdSegmentFile.finish` adds
struct ColdLayout: Sendable {
    static let magic = Array("LDBCOLD1".utf8)

    /// For each block, where its first value and where its messages begin.
    private let starts: [(values: UInt64, messages: UInt64)]
    /// Where the last block's messages end.
    let end: UInt64

    init(_ directory: SegmentDirectory) {
        var starts: [(values: UInt64, messages: UInt64)] = []
        var place = UInt64(ColdLayout.magic.count)
        for block in directory.blocks {
            starts.append((place, 0))
            for (id, byteCount) in block.storedColumns where id != .message { place += UInt64(byteCount) }
        }
        for (index, block) in directory.blocks.enumerated() {
            starts[index].messages = place
            for (id, byteCount) in block.storedColumns where id == .message { place += UInt64(byteCount) }
        }
        self.starts = starts
        end = place
    }

    /// The place of one of the block's values; nil when it has none of that kind.
    func range(of id: ColumnID, block index: Int, _ block: BlockSummary) -> Range<UInt64>? {
        var place = id == .message ? starts[index].messages : starts[index].values
        for (stored, byteCount) in block.storedColumns {
            if stored == id { return place..<(place + UInt64(byteCount)) }
            if id != .message, stored != .message { place += UInt64(byteCount) }
        }
        return nil
    }

    var byteCount: Int { starts.count * 16 + 64 }
}

extension BlockSummary {
    /// All values that the block is stored as, with their sizes.
    var storedColumns: [(id: ColumnID, byteCount: Int)] {
        var stored = columns.dropFirst(sharedColumnCount).map { ($0.id, Int($0.byteCount)) }
        if sharedColumnCount > 0 { stored.append((.shared, sharedByteCount)) }
        return stored
    }
}
