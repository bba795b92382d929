/// Unicode simple case folding of UTF-8 text: two texts differ in case only when their foldings are the same bytes.
///
/// A scalar folds to the lower case of its upper case where each is a single scalar. U+0130 and U+0131 fold to
/// themselves. Bytes that are not well-formed UTF-8 stay as they are. Folding twice changes nothing more. A folding may
/// have another size than its text: KELVIN SIGN has three bytes and folds to `k`.
public enum CaseFolding {
    public static func fold(_ bytes: [UInt8]) -> [UInt8] {
        var folded: [UInt8] = []
        bytes.withUnsafeBytes { fold($0, into: &folded) }
        return folded
    }

    /// Replaces the content of `folded`; its storage is reused, so that folding entry after entry allocates nothing.
    public static func fold(_ bytes: UnsafeRawBufferPointer, into folded: inout [UInt8]) {
        folded.removeAll(keepingCapacity: true)
        var offset = 0
        while offset < bytes.count {
            let high = ASCII.firstHighByte(in: bytes, from: offset)
            if high > offset { appendASCII(UnsafeRawBufferPointer(rebasing: bytes[offset..<high]), to: &folded) }
            offset = high
            while offset < bytes.count, bytes[offset] >= 0x80 {
                let (scalar, length) = UTF8Scalar.decode(bytes, at: offset)
                if length == 0 {
                    folded.append(bytes[offset])
                    offset += 1
                } else {
                    UTF8Scalar.append(ScalarRules.fold(scalar), to: &folded)
                    offset += length
                }
            }
        }
    }

    private static func appendASCII(_ bytes: UnsafeRawBufferPointer, to folded: inout [UInt8]) {
        let start = folded.count
        folded.append(contentsOf: bytes)
        folded.withUnsafeMutableBufferPointer { all in
            for index in start..<all.count { all[index] = ASCII.fold(all[index]) }
        }
    }
}
