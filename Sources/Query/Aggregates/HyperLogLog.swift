import Foundation

/// Estimates how many different hashes it was given (Flajolet et al. 2007), in a fixed memory.
///
/// The standard error is 1.04 / √16,384, 0.8 %.
struct HyperLogLog {
    private static let registerBits: UInt64 = 14
    private static let registerCount = 1 << Int(registerBits)
    /// In memory.
    static let byteCount = registerCount

    private var registers = [UInt8](repeating: 0, count: registerCount)

    /// - Parameter hash: All of its 64 bits are used.
    mutating func add(_ hash: UInt64) {
        let register = Int(hash >> (64 - HyperLogLog.registerBits))
        // A bit below the last, so that the rank is bounded.
        let rest = hash << HyperLogLog.registerBits | 1 << (HyperLogLog.registerBits - 1)
        registers[register] = max(registers[register], UInt8(rest.leadingZeroBitCount + 1))
    }

    var estimate: Double {
        let count = Double(HyperLogLog.registerCount)
        var sum = 0.0
        var zeros = 0
        for register in registers {
            sum += 1 / Double(UInt64(1) << UInt64(register))
            if register == 0 { zeros += 1 }
        }
        let raw = 0.7213 / (1 + 1.079 / count) * count * count / sum
        // With few hashes counting the registers that are still free is more exact.
        if raw <= 2.5 * count, zeros > 0 { return count * log(count / Double(zeros)) }
        return raw
    }
}
