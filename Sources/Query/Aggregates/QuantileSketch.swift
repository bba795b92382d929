import Foundation

/// Numbers by size, each within 1 % (DDSketch, Masson, Rim and Lee 2019), so that any quantile is; the few first exactly.
struct QuantileSketch {
    /// Numbers that are kept as they are.
    static let exactCountMax = 256
    /// The relative error of an answer.
    static let error = 0.01
    private static let logarithmOfBase = log((1 + error) / (1 - error))
    /// Smaller ones count as 0.
    private static let smallest = 1e-300

    /// Nil once there are too many.
    private var exact: [Number]? = []
    /// Counts of the numbers whose size lies in each bucket.
    private var positive: [Int32: UInt64] = [:]
    private var negative: [Int32: UInt64] = [:]
    private var zeroCount: UInt64 = 0
    private var count: UInt64 = 0
    private var least: Number?
    private var greatest: Number?

    var byteCount: Int { 120 + (exact?.count ?? 0) * 16 + (positive.count + negative.count) * 32 }

    mutating func add(_ number: Number, count added: UInt64) {
        count += added
        if least.map({ number < $0 }) ?? true { least = number }
        if greatest.map({ $0 < number }) ?? true { greatest = number }
        if exact != nil {
            if count <= UInt64(QuantileSketch.exactCountMax) {
                exact?.append(contentsOf: repeatElement(number, count: Int(added)))
                return
            }
            for known in exact ?? [] { addToBuckets(known.double, 1) }
            exact = nil
        }
        addToBuckets(number.double, added)
    }

    private mutating func addToBuckets(_ number: Double, _ added: UInt64) {
        if abs(number) < QuantileSketch.smallest {
            zeroCount += added
        } else if number > 0 {
            positive[QuantileSketch.bucket(number), default: 0] += added
        } else {
            negative[QuantileSketch.bucket(-number), default: 0] += added
        }
    }

    private static func bucket(_ size: Double) -> Int32 { Int32((log(size) / logarithmOfBase).rounded(.up)) }

    /// The size that all sizes of a bucket are within the error of.
    private static func size(of bucket: Int32) -> Double {
        exp(Double(bucket) * logarithmOfBase) * 2 / (1 + exp(logarithmOfBase))
    }

    /// The number with as many below it as the share says; nil where there is none at all.
    ///
    /// - Parameter share: 0 to 1.
    func quantile(_ share: Double) -> Number? {
        guard count > 0, let least, let greatest else { return nil }
        let rank = UInt64((share * Double(count - 1)).rounded(.down))
        if let exact { return exact.sorted { $0 < $1 }[Int(rank)] }
        if rank == 0 { return least }
        if rank == count - 1 { return greatest }
        var passed: UInt64 = 0
        for (bucket, found) in negative.sorted(by: { $0.key > $1.key }) {
            passed += found
            if passed > rank { return bounded(-QuantileSketch.size(of: bucket), least, greatest) }
        }
        passed += zeroCount
        if passed > rank { return .integer(0) }
        for (bucket, found) in positive.sorted(by: { $0.key < $1.key }) {
            passed += found
            if passed > rank { return bounded(QuantileSketch.size(of: bucket), least, greatest) }
        }
        return greatest
    }

    private func bounded(_ number: Double, _ least: Number, _ greatest: Number) -> Number {
        let number = Number.decimal(number)
        return number < least ? least : greatest < number ? greatest : number
    }
}
