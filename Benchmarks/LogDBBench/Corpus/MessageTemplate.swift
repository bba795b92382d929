/// The pattern of a message: text with slots in braces that are drawn anew for each entry.
///
/// `{i:1-40}` an integer, `{d:0-300}` a decimal with two places, `{x:8}` that many hex digits, `{ip}`, `{uuid}`,
/// `{b}` the name of a storage block (`blk_` and a signed 64-bit number), `{c:left|right}` one of some words.
struct MessageTemplate: Sendable {
    private enum Piece: Sendable {
        case text([UInt8])
        case integer(ClosedRange<Int>)
        case decimal(ClosedRange<Int>)
        case hex(Int)
        case address
        case uuid
        case block
        case choice([[UInt8]])
    }

    private let pieces: [Piece]

    /// - Precondition: `pattern` is well-formed; the patterns are literals of this program.
    init(_ pattern: String) {
        var pieces: [Piece] = []
        var rest = Substring(pattern)
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { pieces.append(.text(Array(rest[..<open].utf8))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                preconditionFailure("unclosed slot: \(pattern)")
            }
            pieces.append(MessageTemplate.slot(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(Array(rest.utf8))) }
        self.pieces = pieces
    }

    private static func slot(_ text: Substring) -> Piece {
        let parts = text.split(separator: ":", maxSplits: 1)
        let argument = parts.count > 1 ? parts[1] : ""
        switch parts[0] {
        case "i": return .integer(range(argument))
        case "d": return .decimal(range(argument))
        case "x": return .hex(Int(argument)!)
        case "ip": return .address
        case "uuid": return .uuid
        case "b": return .block
        case "c": return .choice(argument.split(separator: "|").map { Array($0.utf8) })
        default: preconditionFailure("unknown slot: \(text)")
        }
    }

    private static func range(_ text: Substring) -> ClosedRange<Int> {
        let bounds = text.split(separator: "-").map { Int($0)! }
        return bounds[0]...bounds[1]
    }

    /// Appends a message of this pattern. No character of it needs escaping in JSON.
    func append(to output: inout [UInt8], using random: inout SeededGenerator) {
        for piece in pieces {
            switch piece {
            case .text(let bytes): output.append(contentsOf: bytes)
            case .integer(let range): output.append(decimal: random.between(range))
            case .decimal(let range):
                output.append(decimal: random.between(range))
                output.append(UInt8(ascii: "."))
                output.append(decimal: random.below(100), width: 2)
            case .hex(let count): output.append(hexDigits: count, of: random.next())
            case .address:
                output.append(contentsOf: "10.".utf8)
                output.append(decimal: random.between(0...31))
                output.append(UInt8(ascii: "."))
                output.append(decimal: random.between(0...255))
                output.append(UInt8(ascii: "."))
                output.append(decimal: random.between(1...254))
            case .uuid:
                let (high, low) = (random.next(), random.next())
                output.append(hexDigits: 8, of: high)
                output.append(UInt8(ascii: "-"))
                output.append(hexDigits: 4, of: high >> 32)
                output.append(UInt8(ascii: "-"))
                output.append(hexDigits: 4, of: high >> 48)
                output.append(UInt8(ascii: "-"))
                output.append(hexDigits: 4, of: low)
                output.append(UInt8(ascii: "-"))
                output.append(hexDigits: 12, of: low >> 16)
            case .block:
                let number = Int64(bitPattern: random.next())
                output.append(contentsOf: number < 0 ? "blk_-".utf8 : "blk_".utf8)
                output.append(decimal: Int(number & .max))
            case .choice(let words): output.append(contentsOf: words[random.below(words.count)])
            }
        }
    }
}

extension [UInt8] {
    /// Appends a number that is not negative, with zeros before it up to `width` (at most 20).
    mutating func append(decimal number: Int, width: Int = 1) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        Swift.withUnsafeMutableBytes(of: &digits) { digits in
            var rest = number
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0 || digits.count - start < width
            append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Appends the lowest `count` (at most 16) hexadecimal digits of `number`.
    mutating func append(hexDigits count: Int, of number: UInt64) {
        for index in stride(from: count - 1, through: 0, by: -1) {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(index * 4)) & 0xf
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
