/// Where the values of each row of a block stand in the column's streams.
struct MessagePlacement {
    /// How many rows before it have the same template.
    let ordinals: ColumnBuffer<UInt32>
    /// Where the values of each template begin. Those of templates that the block does not have mean nothing.
    let bitStarts: [Int]
    let codeStarts: [Int]
    let textStarts: [Int]
    let bitCount: Int
    let codeCount: Int
    let textCount: Int

    init(_ rowTemplates: UnsafeBufferPointer<UInt32>, templates: MessageTemplates) {
        let ordinals = ColumnBuffer<UInt32>(count: rowTemplates.count)
        var counts = [UInt32](repeating: 0, count: templates.count)
        counts.withUnsafeMutableBufferPointer { counts in
            for row in 0..<rowTemplates.count {
                let code = Int(rowTemplates[row])
                ordinals.elements[row] = counts[code]
                counts[code] += 1
            }
        }
        var bitStarts = [Int](repeating: 0, count: templates.count)
        var codeStarts = bitStarts
        var textStarts = bitStarts
        var bits = 0
        var codes = 0
        var texts = 0
        for template in 0..<templates.count {
            guard counts[template] > 0 else { continue }
            bitStarts[template] = bits
            codeStarts[template] = codes
            textStarts[template] = texts
            let layout = templates.layouts[template]
            bits += Int(counts[template]) * layout.bitCount
            codes += Int(counts[template]) * layout.codeCount
            texts += Int(counts[template]) * layout.textCount
        }
        self.ordinals = ordinals
        self.bitStarts = bitStarts
        self.codeStarts = codeStarts
        self.textStarts = textStarts
        bitCount = bits
        self.codeCount = codes
        textCount = texts
    }

    /// The rows by template, each template's in their order.
    static func rowsByTemplate(_ codes: UnsafeBufferPointer<UInt32>, templateCount: Int) -> [UInt32] {
        var starts = [UInt32](repeating: 0, count: templateCount + 1)
        return starts.withUnsafeMutableBufferPointer { starts in
            for code in codes { starts[Int(code) + 1] += 1 }
            for template in 0..<templateCount { starts[template + 1] += starts[template] }
            return [UInt32](unsafeUninitializedCapacity: codes.count) { rows, count in
                for row in 0..<codes.count {
                    let code = Int(codes[row])
                    rows[Int(starts[code])] = UInt32(row)
                    starts[code] += 1
                }
                count = codes.count
            }
        }
    }
}
