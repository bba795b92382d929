/// Where the values of each row of a block stand in the column's streams.
struct MessagePlacement {
    /// How many rows before it have the same template.
    let ordinals: ColumnBuffer<UInt32>
    /// Where the values of each template begin. Those of templates that the block does not have mean nothing.
    let starts: ColumnBuffer<Starts>
    /// Where the values of all end.
    let end: Starts

    var byteCount: Int { ordinals.byteCount + starts.byteCount }

    /// A place in each of the streams.
    struct Starts: BitwiseCopyable {
        var bit = 0
        var code = 0
        var text = 0
    }

    init(_ rowTemplates: UnsafeBufferPointer<UInt32>, templates: MessageTemplates) {
        let ordinals = ColumnBuffer<UInt32>(count: rowTemplates.count)
        // The most frequent templates have the lowest numbers: few blocks come near the last.
        let templateCount = rowTemplates.reduce(0) { max($0, Int($1) + 1) }
        let starts = ColumnBuffer<Starts>(count: templateCount)
        var end = Starts()
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: templateCount) { counts in
            counts.initialize(repeating: 0)
            for row in 0..<rowTemplates.count {
                let code = Int(rowTemplates[row])
                ordinals.elements[row] = counts[code]
                counts[code] += 1
            }
            templates.layouts.withUnsafeBufferPointer { layouts in
                for template in 0..<templateCount where counts[template] > 0 {
                    starts.elements[template] = end
                    let count = Int(counts[template])
                    end.bit += count * layouts[template].bitCount
                    end.code += count * layouts[template].codeCount
                    end.text += count * layouts[template].textCount
                }
            }
        }
        self.ordinals = ordinals
        self.starts = starts
        self.end = end
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
