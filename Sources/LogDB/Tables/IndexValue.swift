/// Parts of the values that indexes are made of.
public enum IndexValue {
    /// Eight bytes whose order is the order of the numbers.
    public static func number(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    /// As `number(_:)`, negative ones first.
    public static func signed(_ number: Int64) -> [UInt8] { self.number(UInt64(bitPattern: number) ^ 1 << 63) }
}
