import Foundation

/// The order of bytes as unsigned numbers.
enum ByteOrder {
    /// Negative, zero or positive as the left bytes come before, with or after the right ones.
    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let shorter = min(left.count, right.count)
        if shorter > 0, let leftBase = left.baseAddress, let rightBase = right.baseAddress {
            let order = memcmp(leftBase, rightBase, shorter)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
    }
}

extension [UInt8] {
    /// Negative, zero or positive as the bytes come before, with or after the others.
    func compared(to other: [UInt8]) -> Int {
        withUnsafeBytes { left in other.withUnsafeBytes { ByteOrder.compare(left, $0) } }
    }
}
