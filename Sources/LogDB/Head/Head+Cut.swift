extension Head {
    /// What is published of the entries before a commit position. Nil: of all.
    func parts(before end: UInt64?) -> [Part] {
        guard let end else { return parts }
        return parts.map { part in
            var part = part
            // Rows of a chunk stand in the order of their commit.
            let sequences = part.chunk.sequences.elements
            var low = 0
            var high = part.counts.rows
            while low < high {
                let middle = (low + high) / 2
                if UInt64(bitPattern: sequences[middle]) < end { low = middle + 1 } else { high = middle }
            }
            part.counts.rows = low
            return part
        }
    }
}
