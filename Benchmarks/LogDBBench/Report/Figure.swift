import Foundation

/// One thing that was measured.
struct Figure: Codable {
    var name: String
    /// Nil when it could not be measured; `remark` says why.
    var value: Double?
    var unit: String
    /// What it has to reach, as text; nil where there is no target.
    var target: String?
    var isReached: Bool?
    /// What is wrong; nil when nothing is. A figure with a mismatch is worth nothing.
    var mismatch: String?
    var remark: String?

    enum Bound {
        case atLeast(Double)
        case atMost(Double)
        case below(Double)

        var text: String {
            switch self {
            case .atLeast(let limit): "≥ \(Figure.text(limit))"
            case .atMost(let limit): "≤ \(Figure.text(limit))"
            case .below(let limit): "< \(Figure.text(limit))"
            }
        }

        func holds(_ value: Double) -> Bool {
            switch self {
            case .atLeast(let limit): value >= limit
            case .atMost(let limit): value <= limit
            case .below(let limit): value < limit
            }
        }
    }

    init(
        _ name: String, _ value: Double?, _ unit: String, _ bound: Bound? = nil, mismatch: String? = nil,
        remark: String? = nil
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.mismatch = mismatch
        self.remark = remark
        guard let bound else { return }
        target = bound.text
        isReached = value.map { bound.holds($0) && mismatch == nil }
    }

    /// Whether the target is reached, in one word; or what is wrong, or the remark.
    var verdict: String { mismatch ?? isReached.map { $0 ? "yes" : "NO" } ?? remark ?? "" }

    /// Large figures with their thousands marked, small ones with the places that matter.
    static func text(_ value: Double) -> String {
        if abs(value) < 100 { return value == value.rounded() ? fixed(value, 0) : fixed(value, 2) }
        if abs(value) < 1_000 { return fixed(value, value == value.rounded() ? 0 : 1) }
        var digits = fixed(value, 0)
        var index = digits.count - 3
        while index > (value < 0 ? 1 : 0) {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits
    }
}

/// `value` with exactly `places` decimal places.
func fixed(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }
