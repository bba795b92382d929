/// A fixed number of rows, with a bit for each.
struct Bitmap: Sendable, Equatable {
    /// How many rows there are.
    let count: Int
    /// Row n is bit n % 64 of word n / 64. The bits past the last row are 0.
    private(set) var words: [UInt64]

    /// - Parameter all: Whether every row is set at first, or none.
    init(count: Int, all: Bool = false) {
        self.count = count
        words = [UInt64](repeating: all ? ~0 : 0, count: (count + 63) / 64)
        clearPadding()
    }

    subscript(_ row: Int) -> Bool {
        @inline(__always) get { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }
        @inline(__always) set { if newValue { set(row) } else { clear(row) } }
    }

    @inline(__always)
    mutating func set(_ row: Int) {
        assert(row < count)
        words[row >> 6] |= 1 << UInt64(row & 63)
    }

    @inline(__always)
    mutating func clear(_ row: Int) { words[row >> 6] &= ~(1 << UInt64(row & 63)) }

    /// Sets every row of the range.
    mutating func set(_ rows: Range<Int>) {
        guard !rows.isEmpty else { return }
        assert(rows.upperBound <= count)
        let first = rows.lowerBound >> 6
        let last = (rows.upperBound - 1) >> 6
        let head = ~UInt64(0) << UInt64(rows.lowerBound & 63)
        let tail = ~UInt64(0) >> UInt64(63 - (rows.upperBound - 1) & 63)
        guard first < last else {
            words[first] |= head & tail
            return
        }
        words[first] |= head
        for word in (first + 1)..<last { words[word] = ~0 }
        words[last] |= tail
    }

    /// How many rows are set.
    var setCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether no row is set.
    var isNone: Bool { words.allSatisfy { $0 == 0 } }

    /// Whether every row is set.
    var isAll: Bool { setCount == count }

    /// Both bitmaps have the same count in each of these.
    mutating func formIntersection(_ other: Bitmap) { combine(other) { $0 & $1 } }
    mutating func formUnion(_ other: Bitmap) { combine(other) { $0 | $1 } }
    mutating func subtract(_ other: Bitmap) { combine(other) { $0 & ~$1 } }

    mutating func invert() {
        for word in words.indices { words[word] = ~words[word] }
        clearPadding()
    }

    mutating func setAll() {
        for word in words.indices { words[word] = ~0 }
        clearPadding()
    }

    mutating func clearAll() {
        for word in words.indices { words[word] = 0 }
    }

    /// The first set row at or after `row`; nil when there is none.
    func firstSet(from row: Int = 0) -> Int? {
        guard row < count else { return nil }
        var word = row >> 6
        var rest = words[word] & ~UInt64(0) << UInt64(row & 63)
        while rest == 0 {
            word += 1
            if word == words.count { return nil }
            rest = words[word]
        }
        return word << 6 + rest.trailingZeroBitCount
    }

    /// The last set row at or before `row`; nil when there is none.
    func lastSet(through row: Int) -> Int? {
        guard row >= 0, count > 0 else { return nil }
        let row = min(row, count - 1)
        var word = row >> 6
        var rest = words[word] & ~UInt64(0) >> UInt64(63 - row & 63)
        while rest == 0 {
            if word == 0 { return nil }
            word -= 1
            rest = words[word]
        }
        return word << 6 + 63 - rest.leadingZeroBitCount
    }

    /// Calls `body` with each set row, in ascending order.
    @inline(__always)
    func forEachSet<E: Error>(_ body: (Int) throws(E) -> Void) throws(E) {
        for word in words.indices {
            var rest = words[word]
            while rest != 0 {
                try body(word << 6 + rest.trailingZeroBitCount)
                rest &= rest &- 1
            }
        }
    }

    /// The set rows that pass.
    ///
    /// - Parameter passes: Without branches at best: it is asked of every row of a word that has a set one.
    @inline(__always)
    func filtered(_ passes: (Int) -> Bool) -> Bitmap {
        var found = Bitmap(count: count)
        for word in words.indices where words[word] != 0 {
            let first = word << 6
            var passing: UInt64 = 0
            for row in first..<min(first + 64, count) { passing |= (passes(row) ? 1 : 0) << UInt64(row - first) }
            found.words[word] = words[word] & passing
        }
        return found
    }

    private mutating func combine(_ other: Bitmap, _ operation: (UInt64, UInt64) -> UInt64) {
        precondition(count == other.count, "bitmaps of different blocks cannot be combined")
        for word in words.indices { words[word] = operation(words[word], other.words[word]) }
    }

    private mutating func clearPadding() {
        if count & 63 != 0 { words[words.count - 1] &= ~UInt64(0) >> UInt64(64 - count & 63) }
    }
}
