#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Evaluates a `ValueTest` on a value that is there. Whether there is one, the caller knows: a missing value passes no
/// test, `exists` included.
struct ValueMatcher: Sendable {
    private enum Method: Sendable {
        case exists
        case equals([UInt8])
        case equalsFolded([UInt8])
        case wildcard(WildcardMatcher)
        case exactWildcard(WildcardMatcher)
        case compare(Comparison, [UInt8])
        case regex(RegexMatcher)
    }

    private let method: Method

    init(_ test: ValueTest) {
        switch test {
        case .exists: method = .exists
        case .equals(let bytes, caseSensitive: true): method = .equals(bytes)
        case .equals(let bytes, caseSensitive: false): method = .equalsFolded(CaseFolding.fold(bytes))
        case .wildcard(let pattern): method = .wildcard(WildcardMatcher(pattern))
        case .exactWildcard(let pattern): method = .exactWildcard(WildcardMatcher(pattern))
        case .compare(let comparison, let bytes): method = .compare(comparison, bytes)
        case .regex(let pattern): method = .regex(RegexMatcher(pattern))
        }
    }

    /// Whether the value passes the test.
    ///
    /// Comparisons are by number, exactly, when both sides are decimal numbers (`DecimalText`); otherwise by the bytes
    /// as they are: case-sensitive, a prefix before what is longer.
    func matches(_ value: UnsafeRawBufferPointer, scratch: inout MatchScratch) -> Bool {
        switch method {
        case .exists:
            return true
        case .equals(let bytes):
            return bytes.withUnsafeBytes { Self.compareBytes(value, $0) == 0 }
        case .equalsFolded(let bytes):
            if value.isASCII {
                guard value.count == bytes.count else { return false }
                return bytes.withUnsafeBufferPointer { bytes in
                    for index in 0..<bytes.count where ASCII.fold(value[index]) != bytes[index] { return false }
                    return true
                }
            }
            CaseFolding.fold(value, into: &scratch.folded)
            return scratch.folded == bytes
        case .wildcard(let wildcard):
            CaseFolding.fold(value, into: &scratch.folded)
            return scratch.folded.withUnsafeBytes { wildcard.matchesWhole($0) }
        case .exactWildcard(let wildcard):
            return wildcard.matchesWhole(value)
        case .compare(let comparison, let operand):
            let order = operand.withUnsafeBytes { operand in
                if let left = DecimalText(value), let right = DecimalText(operand) {
                    return DecimalText.compare(left, right)
                }
                return Self.compareBytes(value, operand)
            }
            switch comparison {
            case .less: return order < 0
            case .lessOrEqual: return order <= 0
            case .greater: return order > 0
            case .greaterOrEqual: return order >= 0
            }
        case .regex(let regex):
            return regex.occurs(in: value, scratch: &scratch)
        }
    }

    private static func compareBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let shorter = min(left.count, right.count)
        if shorter > 0, let leftBase = left.baseAddress, let rightBase = right.baseAddress {
            let order = memcmp(leftBase, rightBase, shorter)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
    }
}
