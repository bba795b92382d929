import Glibc

/// Memory that grows by doubling and belongs to one owner: what an array is, without the check at each append whether
/// somebody else holds it too. Used where columns of blocks are gathered, value by value.
struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
    private(set) var count = 0
    private var capacity: Int
    private var memory: UnsafeMutablePointer<Element>

    init(minimumCapacity: Int = 64) {
        capacity = max(minimumCapacity, 1)
        memory = GrowingBuffer.allocate(capacity, from: nil)
    }

    deinit { free(memory) }

    /// Takes memory, or more of it for what is at `old`: allocators enlarge large pieces where they are. 64 bytes more may
    /// be read, as of a `ColumnBuffer`.
    private static func allocate(
        _ capacity: Int, from old: UnsafeMutablePointer<Element>?
    ) -> UnsafeMutablePointer<Element> {
        let byteCount = capacity * MemoryLayout<Element>.stride
        guard let memory = realloc(old, byteCount + 64) else { fatalError("no memory for \(byteCount) bytes") }
        (memory + byteCount).initializeMemory(as: UInt8.self, repeating: 0, count: 64)
        return memory.bindMemory(to: Element.self, capacity: capacity)
    }

    /// Valid until the buffer grows or goes.
    var view: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: memory, count: count) }
    var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: memory, count: count) }

    @inline(__always)
    subscript(_ index: Int) -> Element {
        get { memory[index] }
        nonmutating set { memory[index] = newValue }
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow(toHold: count + 1) }
        memory[count] = element
        count += 1
    }

    @inline(__always)
    mutating func append(copying source: UnsafeBufferPointer<Element>) {
        guard let base = source.baseAddress else { return }
        extend(by: source.count).update(from: base, count: source.count)
    }

    mutating func append(repeating element: Element, count: Int) {
        extend(by: count).update(repeating: element, count: count)
    }

    /// Makes room for `count` more elements, which the caller writes.
    @inline(__always)
    mutating func extend(by count: Int) -> UnsafeMutablePointer<Element> {
        if self.count + count > capacity { grow(toHold: self.count + count) }
        self.count += count
        return memory + (self.count - count)
    }

    /// Makes it hold `count` elements, those past the present ones to be written by the caller.
    mutating func resize(to count: Int) {
        if count > self.count { _ = extend(by: count - self.count) } else { self.count = count }
    }

    /// Lets go of the last elements.
    mutating func truncate(to count: Int) { self.count = min(self.count, count) }

    mutating func removeAll() { count = 0 }

    @inline(never)
    private mutating func grow(toHold needed: Int) {
        capacity = max(capacity * 2, needed)
        memory = GrowingBuffer.allocate(capacity, from: memory)
    }
}

/// Byte strings in memory that grows: what `ByteColumn` is for a `Batch`.
struct GrowingStrings: ~Copyable {
    private var bytes: GrowingBuffer<UInt8>
    private var ends: GrowingBuffer<UInt32>

    init(minimumCapacity: Int = 64, byteCapacity: Int = 1_024) {
        bytes = GrowingBuffer(minimumCapacity: byteCapacity)
        ends = GrowingBuffer(minimumCapacity: minimumCapacity)
    }

    var count: Int { ends.count }
    var byteCount: Int { bytes.count }
    /// Valid until a string is added or the strings go.
    var view: BytesView { BytesView(bytes: UnsafeRawBufferPointer(bytes.view), ends: ends.view) }

    @inline(__always)
    mutating func append(_ string: UnsafeRawBufferPointer) {
        if let base = string.baseAddress {
            UnsafeMutableRawPointer(bytes.extend(by: string.count)).copyMemory(from: base, byteCount: string.count)
        }
        ends.append(UInt32(truncatingIfNeeded: bytes.count))
    }

    mutating func removeAll() {
        bytes.removeAll()
        ends.removeAll()
    }
}
