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
