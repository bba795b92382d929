#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import LogModel

/// The terms of the index beside the words of messages: whole values of fields, in any case.
enum IndexTerm {
    /// The hash under which the index knows a value of the field.
    ///
    /// - Parameter folded: The value, case-folded.
    @inline(__always)
    static func hash(_ folded: UnsafeRawBufferPointer, ofFieldWith fieldHash: UInt64) -> UInt64 {
        // A multiplication by an odd number keeps all of the hash; the sum of two would make a field's value and
        // another's collide whenever theirs do.
        (ByteHash.hash(folded) ^ fieldHash) &* 0x9e37_79b9_7f4a_7c15
    }

    static func fieldHash(_ column: IdentifierColumn) -> UInt64 {
        Array(column.column.name.utf8).withUnsafeBytes { ByteHash.hash($0) }
    }

    /// - Parameter key: The attribute's name.
    static func fieldHash(context key: UnsafeRawBufferPointer) -> UInt64 {
        // Apart from an identifier of the same name.
        ~ByteHash.hash(key)
    }
}

/// Adds the values of a block's identifiers and attributes to its terms.
struct ValueTermCollector {
    private var folded: [UInt8] = []

    mutating func collect(_ batch: Batch, into terms: inout WordSet) {
        for (column, codes) in [
            (IdentifierColumn.logger, batch.loggers), (.process, batch.processes), (.thread, batch.threads),
        ] {
            collect(codes, of: column, batch.strings, into: &terms)
        }
        var fieldHashes = [UInt64](repeating: 0, count: batch.strings.count)
        var isKnown = [Bool](repeating: false, count: batch.strings.count)
        // Where each key's last value stands: neighbours often share theirs.
        var lastValues = [Int](repeating: -1, count: batch.strings.count)
        batch.contextValues.bytes.withUnsafeBytes { bytes in
            for index in 0..<batch.contextKeys.count {
                let key = Int(batch.contextKeys[index])
                let value = UnsafeRawBufferPointer(rebasing: bytes[batch.contextValues.range(index)])
                if !isKnown[key] {
                    isKnown[key] = true
                    fieldHashes[key] = batch.strings.withBytes(key) { IndexTerm.fieldHash(context: $0) }
                } else if lastValues[key] >= 0 {
                    let last = UnsafeRawBufferPointer(
                        rebasing: bytes[batch.contextValues.range(lastValues[key])])
                    if last.count == value.count, Self.areEqual(last, value) { continue }
                }
                lastValues[key] = index
                insert(value, fieldHashes[key], into: &terms)
            }
        }
    }

    private mutating func collect(
        _ codes: [UInt32], of column: IdentifierColumn, _ strings: StringTable, into terms: inout WordSet
    ) {
        let fieldHash = IndexTerm.fieldHash(column)
        var isKnown = [Bool](repeating: false, count: strings.count)
        for code in codes where !isKnown[Int(code)] {
            isKnown[Int(code)] = true
            strings.withBytes(Int(code)) { insert($0, fieldHash, into: &terms) }
        }
    }

    /// - Parameter right: Of the same size.
    @inline(__always)
    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
        return memcmp(leftBase, rightBase, left.count) == 0
    }

    @inline(__always)
    private mutating func insert(_ value: UnsafeRawBufferPointer, _ fieldHash: UInt64, into terms: inout WordSet) {
        CaseFolding.fold(value, into: &folded)
        terms.insert(folded.withUnsafeBytes { IndexTerm.hash($0, ofFieldWith: fieldHash) })
    }
}
