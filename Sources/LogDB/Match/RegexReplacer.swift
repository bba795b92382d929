import LogModel

/// Replaces what the first group of an expression matches, wherever it does. Used by one thread at a time.
public struct RegexReplacer {
    private let pattern: RegexPattern
    private var bounds: [Int64] = [-1, -1]
    private var shown: [UInt8] = []

    /// - Parameter pattern: Has a group.
    public init(_ pattern: RegexPattern) {
        precondition(pattern.program.groupCount > 0, "nothing says what is replaced")
        self.pattern = pattern
    }

    /// Whether the expression has a group whose text is captured.
    public static func hasGroup(_ pattern: RegexPattern) -> Bool { pattern.program.groupCount > 0 }

    /// Writes `text` with its replacements into `output`, in place of what that holds. Bytes that are not UTF-8 are taken as
    /// they are shown.
    ///
    /// - Parameter isMeant: Asked of each place that matches; one that is not stays.
    /// - Returns: How many were replaced; 0 leaves `output` as it is.
    public mutating func replace(
        in text: UnsafeRawBufferPointer, with replacement: [UInt8], into output: inout [UInt8],
        where isMeant: (UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        // Most texts have nothing, and cost no copy.
        guard pattern.program.occurs(in: text) else { return 0 }
        shown.removeAll(keepingCapacity: true)
        shown.appendUTF8(text)
        var count = 0
        var rest = 0
        var copied = 0
        let pattern = pattern
        shown.withUnsafeBytes { bytes in
            while rest < bytes.count {
                let tail = UnsafeRawBufferPointer(rebasing: bytes[rest...])
                guard pattern.program.capture(in: tail, &bounds) else { break }
                let (begin, end) = (Int(bounds[0]), Int(bounds[1]))
                guard begin >= 0, end > begin else {
                    // An empty match says nothing, and would be found for ever.
                    rest += max(end, 0) + 1
                    continue
                }
                let found = UnsafeRawBufferPointer(rebasing: tail[begin..<end])
                if isMeant(found) {
                    if count == 0 { output.removeAll(keepingCapacity: true) }
                    output.append(contentsOf: bytes[copied..<rest + begin])
                    output += replacement
                    copied = rest + end
                    count += 1
                }
                rest += end
            }
            if count > 0 { output.append(contentsOf: bytes[copied...]) }
        }
        return count
    }
}
