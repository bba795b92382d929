import Foundation

extension [UInt8] {
    /// Negative, zero or positive as the bytes come before, with or after the others, as unsigned numbers.
    func compared(to other: [UInt8]) -> Int {
        withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                let shorter = Swift.min(left.count, right.count)
                if shorter > 0, let leftBase = left.baseAddress, let rightBase = right.baseAddress {
                    let order = memcmp(leftBase, rightBase, shorter)
                    if order != 0 { return Int(order) }
                }
                return left.count - right.count
            }
        }
    }
}
