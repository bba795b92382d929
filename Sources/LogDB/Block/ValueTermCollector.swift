import LogModel

/// Adds the values of a block's identifiers and attributes to its terms in the index.
struct ValueTermCollector {
    private var folded: [UInt8] = []

    mutating func collect(_ values: StringTable, of column: IdentifierColumn, into terms: inout WordSet) {
        let fieldHash = IndexTerm.fieldHash(column)
        for value in 0..<values.count { values.withBytes(value) { insert($0, fieldHash, into: &terms) } }
    }

    mutating func collect(_ context: borrowing GatheredContext, into terms: inout WordSet) {
        for column in context.columns {
            let fieldHash = context.keys.withBytes(column.key) { IndexTerm.fieldHash(context: $0) }
            let values = context.values(of: column)
            var last: UnsafeRawBufferPointer?
            for index in 0..<values.count {
                let value = values[index]
                // Neighbours often share theirs.
                if let last, RawBytes.areEqual(last, value) { continue }
                last = value
                insert(value, fieldHash, into: &terms)
            }
        }
        context.forEachOther { key, value in
            insert(value, context.keys.withBytes(key) { IndexTerm.fieldHash(context: $0) }, into: &terms)
        }
    }

    @inline(__always)
    private mutating func insert(_ value: UnsafeRawBufferPointer, _ fieldHash: UInt64, into terms: inout WordSet) {
        CaseFolding.fold(value, into: &folded)
        terms.insert(folded.withUnsafeBytes { IndexTerm.hash($0, ofFieldWith: fieldHash) })
    }
}
