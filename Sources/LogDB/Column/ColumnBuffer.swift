import LogModel

/// Memory of a decoded column: one allocation, freed with the last reference.
final class ColumnBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// Elements that may be written and read; 64 bytes more may be read, so that wide loads need no special end.
    let elements: UnsafeMutableBufferPointer<Element>
    private let memory: UnsafeMutableRawPointer

    init(count: Int) {
        let byteCount = count * MemoryLayout<Element>.stride
        memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 64, alignment: 16)
        (memory + byteCount).initializeMemory(as: UInt8.self, repeating: 0, count: 64)
        elements = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Element.self, capacity: count), count: count)
    }

    deinit { memory.deallocate() }

    var view: UnsafeBufferPointer<Element> { UnsafeBufferPointer(elements) }
    var byteCount: Int { elements.count * MemoryLayout<Element>.stride }
}

/// Byte strings, one after the other, and where each ends. Valid as long as what it was taken from.
struct BytesView {
    var bytes: UnsafeRawBufferPointer
    var ends: UnsafeBufferPointer<UInt32>

    @inline(__always) var count: Int { ends.count }

    @inline(__always)
    subscript(_ index: Int) -> UnsafeRawBufferPointer {
        let start = index == 0 ? 0 : Int(ends[index - 1])
        return UnsafeRawBufferPointer(rebasing: bytes[start..<Int(ends[index])])
    }
}

extension StringTable {
    /// The table's strings. Valid within `body` only.
    @inline(__always)
    func withView<R>(_ body: (BytesView) -> R) -> R {
        bytes.withUnsafeBytes { bytes in
            ends.withUnsafeBufferPointer { ends in body(BytesView(bytes: bytes, ends: ends)) }
        }
    }
}

/// A dictionary of distinct values and a code a row.
struct DictionaryView {
    var codes: UnsafeBufferPointer<UInt32>
    var values: BytesView
}

/// One context key's values: of every row, or of some.
struct AttributeView {
    /// The rows that have a value, ascending. Nil: all of them.
    var rows: UnsafeBufferPointer<UInt32>?
    /// Which of `values` each of those rows has. Nil: the one at its own position.
    var codes: UnsafeBufferPointer<UInt32>?
    var values: BytesView

    /// How many rows have a value.
    var count: Int { rows?.count ?? codes?.count ?? values.count }

    /// The value at `position`, counted among the rows that have one.
    @inline(__always)
    subscript(_ position: Int) -> UnsafeRawBufferPointer { values[codes.map { Int($0[position]) } ?? position] }

    @inline(__always) func row(_ position: Int) -> Int { rows.map { Int($0[position]) } ?? position }

    /// The first position, among the rows that have a value, of a row that is not before `row`.
    func firstPosition(notBefore row: Int) -> Int {
        guard let rows else { return row }
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if Int(rows[middle]) < row { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The position of `row`; nil when it has no value.
    ///
    /// - Parameter hint: What it was left as for an earlier row, or 0. Rows that are asked for in order cost no search.
    @inline(__always)
    func position(of row: Int, near hint: inout Int) -> Int? {
        guard let rows else { return row }
        if hint > 0, Int(rows[hint - 1]) >= row { hint = firstPosition(notBefore: row) }
        while hint < rows.count, Int(rows[hint]) < row { hint += 1 }
        return hint < rows.count && Int(rows[hint]) == row ? hint : nil
    }
}

/// Consecutive rows of one device and session.
struct StreamRun: Hashable, Sendable {
    var device: UInt32
    var session: UInt64
    var rows: Range<Int>
}
