extension TextMatcher {
    /// A column of messages: the bytes of all of them, one after the other, and where each ends.
    struct Column {
        let bytes: UnsafeRawBufferPointer
        let ends: UnsafeBufferPointer<UInt32>

        @inline(__always)
        func range(_ row: Int) -> Range<Int> {
            (row == 0 ? 0 : Int(ends[row - 1]))..<Int(ends[row])
        }

        @inline(__always)
        func message(_ row: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range(row)]) }

        /// The row that holds the byte at `offset`, which lies within the column, at or after `row`.
        @inline(__always)
        func row(at offset: Int, from row: Int) -> Int {
            // Doubling steps, then halving: hits are mostly near the last one, and may be far.
            var low = row
            var step = 1
            while low + step < ends.count, Int(ends[low + step - 1]) <= offset {
                low += step
                step *= 2
            }
            var high = min(low + step, ends.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if Int(ends[middle]) <= offset { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// Sets in `result` every row of `rows` whose message passes the test; other bits stay as they are.
    ///
    /// - Parameters:
    ///   - bytes: The column's bytes; at least as many as the last end.
    ///   - ends: Where each row ends, ascending; as many as both bitmaps have rows.
    func matches(
        bytes: UnsafeRawBufferPointer, ends: UnsafeBufferPointer<UInt32>, rows: Bitmap, into result: inout Bitmap,
        scratch: inout MatchScratch
    ) {
        precondition(rows.count == ends.count && result.count == ends.count, "one bit for each row")
        guard let last = ends.last else { return }
        let column = Column(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<Int(last)]), ends: ends)
        // A few rows of many are looked at one by one.
        guard rows.setCount * 8 >= ends.count else {
            matchEach(column, rows, into: &result, &scratch)
            return
        }
        switch method {
        case .constant(let answer):
            if answer { result.formUnion(rows) }
        case .phrase(let phrase):
            searchColumn(column, for: [phrase.needle], rows, into: &result, &scratch) { message, hit, _ in
                phrase.isBounded(hit, in: message) ? true : nil
            }
        case .textWildcard(let wildcard), .tokenWildcard(let wildcard):
            matchWhereLiteralStands(wildcard.requiredLiteral.map { [$0] } ?? [], column, rows, into: &result, &scratch)
        case .regex(let regex):
            matchWhereLiteralStands(regex.requiredLiterals, column, rows, into: &result, &scratch)
        }
    }

    /// Tests the rows in which one of the literals stands; all of them when there is none.
    private func matchWhereLiteralStands(
        _ literals: [Needle], _ column: Column, _ rows: Bitmap, into result: inout Bitmap,
        _ scratch: inout MatchScratch
    ) {
        guard !literals.isEmpty else {
            matchEach(column, rows, into: &result, &scratch)
            return
        }
        searchColumn(column, for: literals, rows, into: &result, &scratch) { message, _, scratch in
            matches(message, scratch: &scratch)
        }
    }

    private func matchEach(
        _ column: Column, _ rows: Bitmap, into result: inout Bitmap, _ scratch: inout MatchScratch
    ) {
        rows.forEachSet { row in
            if matches(column.message(row), scratch: &scratch) { result.set(row) }
        }
    }

    /// Looks for each needle in the bytes of all rows at once, and maps what it finds to rows. Rows with bytes from 0x80
    /// on are tested one by one, because their folding may become ASCII.
    ///
    /// - Parameter decide: Whether the ASCII row with a hit at this offset passes; nil when the next hit decides.
    @inline(__always)
    private func searchColumn(
        _ column: Column, for needles: [Needle], _ rows: Bitmap, into result: inout Bitmap,
        _ scratch: inout MatchScratch,
        decide: (_ message: UnsafeRawBufferPointer, _ hit: Int, _ scratch: inout MatchScratch) -> Bool?
    ) {
        var rest = rows
        matchRowsOutsideASCII(column, &rest, into: &result, &scratch)
        for needle in needles where needle.isASCII {
            searchASCII(column, for: needle, &rest, into: &result, &scratch, decide: decide)
        }
    }

    /// Takes the rows that are decided out of `rows`.
    @inline(__always)
    private func searchASCII(
        _ column: Column, for needle: Needle, _ rows: inout Bitmap, into result: inout Bitmap,
        _ scratch: inout MatchScratch,
        decide: (_ message: UnsafeRawBufferPointer, _ hit: Int, _ scratch: inout MatchScratch) -> Bool?
    ) {
        var row = 0
        var offset = 0
        while true {
            let hit = needle.find(in: column.bytes, from: offset)
            if hit < 0 { return }
            row = column.row(at: hit, from: row)
            let range = column.range(row)
            offset = hit + 1
            guard rows[row] else {
                // On to the next row that is still open.
                guard let next = rows.firstSet(from: row + 1) else { return }
                row = next
                offset = column.range(next).lowerBound
                continue
            }
            // A hit that goes on into the next row is none, and no later one in this row can be.
            if hit + needle.bytes.count > range.upperBound {
                offset = range.upperBound
                continue
            }
            let message = UnsafeRawBufferPointer(rebasing: column.bytes[range])
            if let answer = decide(message, hit - range.lowerBound, &scratch) {
                if answer { result.set(row) }
                rows.clear(row)
                offset = range.upperBound
            }
        }
    }

    /// Tests the rows that have a byte from 0x80 on, and takes them out of `rows`.
    private func matchRowsOutsideASCII(
        _ column: Column, _ rows: inout Bitmap, into result: inout Bitmap, _ scratch: inout MatchScratch
    ) {
        var row = 0
        var offset = ASCII.firstHighByte(in: column.bytes, from: 0)
        while offset < column.bytes.count {
            row = column.row(at: offset, from: row)
            if rows[row] {
                if matches(column.message(row), scratch: &scratch) { result.set(row) }
                rows.clear(row)
            }
            offset = ASCII.firstHighByte(in: column.bytes, from: Int(column.ends[row]))
        }
    }
}
