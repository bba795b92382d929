/// A column of byte strings: all bytes, one after the other, and where each string ends.
public struct ByteColumn: Sendable, Equatable {
    public var bytes: [UInt8] = []
    public var ends: [UInt32] = []

    public init() {}

    public init(bytes: [UInt8], ends: [UInt32]) {
        self.bytes = bytes
        self.ends = ends
    }

    @inlinable public var count: Int { ends.count }

    @inlinable public func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }

    /// The string's bytes. Valid within `body` only.
    @inlinable
    public func withBytes<R, E: Error>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let range = range(index)
        return try bytes.withUnsafeBytesTyped { (all: UnsafeRawBufferPointer) throws(E) in
            try body(UnsafeRawBufferPointer(rebasing: all[range]))
        }
    }

    public subscript(_ index: Int) -> [UInt8] { Array(bytes[range(index)]) }

    /// The string as text; bytes that are not UTF-8 become U+FFFD.
    public func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    @inlinable
    public mutating func append(_ string: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: string)
        ends.append(UInt32(truncatingIfNeeded: bytes.count))
    }
}
