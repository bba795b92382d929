/// Distinct byte strings, numbered in the order they were first seen.
///
/// Bytes are kept as they are: no encoding is assumed. A table of a batch or a head holds its devices, modules and the
/// like once, and its rows hold numbers.
public struct StringTable: Sendable {
    /// All strings, one after the other.
    public private(set) var bytes: [UInt8] = []
    /// Where each string ends in `bytes`.
    public private(set) var ends: [UInt32] = []
    /// Open-addressed: a string's number plus one, or 0 where free. A power of two, at most half full.
    private var slots: [UInt32]
    private let secret = ByteHash.processSecret

    public init(minimumCapacity: Int = 16) {
        var capacity = 32
        while capacity < minimumCapacity * 2 { capacity *= 2 }
        slots = [UInt32](repeating: 0, count: capacity)
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

    /// The string's number, given it now if it is new.
    public mutating func intern(_ string: UnsafeRawBufferPointer) -> UInt32 {
        var slot = Int(truncatingIfNeeded: ByteHash.hash(string, secret: secret)) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot] - 1)
            if equals(index, string) { return UInt32(truncatingIfNeeded: index) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = ends.count
        bytes.append(contentsOf: string)
        ends.append(UInt32(bytes.count))
        slots[slot] = UInt32(index + 1)
        if ends.count * 2 > slots.count { grow() }
        return UInt32(index)
    }

    public mutating func intern(_ string: String) -> UInt32 {
        var string = string
        return string.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
    }

    /// The string's number, or nil when it was never interned.
    public func find(_ string: UnsafeRawBufferPointer) -> UInt32? {
        var slot = Int(truncatingIfNeeded: ByteHash.hash(string, secret: secret)) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot] - 1)
            if equals(index, string) { return UInt32(truncatingIfNeeded: index) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func equals(_ index: Int, _ string: UnsafeRawBufferPointer) -> Bool {
        let range = range(index)
        guard range.count == string.count else { return false }
        return bytes.withUnsafeBytes { all in
            RawBytes.areEqual(UnsafeRawBufferPointer(rebasing: all[range]), string)
        }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for index in 0..<ends.count {
            let hash = withBytes(index) { ByteHash.hash($0, secret: secret) }
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(index + 1)
        }
    }
}

extension Array where Element == UInt8 {
    /// `withUnsafeBytes` that keeps the closure's error type.
    @inlinable
    func withUnsafeBytesTyped<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let result: Result<R, E> = withUnsafeBytes { bytes in
            do throws(E) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
