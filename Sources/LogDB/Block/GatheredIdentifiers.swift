import LogModel

/// One identifier column of a block's rows: its distinct values, in the order they first occur, and each row's place
/// among them.
struct GatheredIdentifiers: ~Copyable {
    private(set) var values = StringTable()
    /// Rows of each value.
    private(set) var counts: [UInt32] = []
    private(set) var codes = GrowingBuffer<UInt32>()

    private static let unset = UInt32.max

    /// Replaces what is held by a column of `rows`.
    mutating func gather(_ column: IdentifierColumn, _ rows: BlockRows) throws(LogError) {
        values = StringTable()
        counts.removeAll(keepingCapacity: true)
        codes.removeAll()
        var views: [DictionaryView] = []
        /// For each group, the codes here of its own codes.
        var translations: [ColumnBuffer<UInt32>] = []
        for group in rows.groups {
            let view = try group.identifiers(column)
            let translation = ColumnBuffer<UInt32>(count: view.values.count)
            translation.elements.update(repeating: GatheredIdentifiers.unset)
            views.append(view)
            translations.append(translation)
        }
        for span in rows.spans {
            let source = views[span.group].codes
            let known = translations[span.group].elements
            let target = codes.extend(by: span.rows.count)
            for row in span.rows {
                let code = Int(source[row])
                var translated = known[code]
                if translated == GatheredIdentifiers.unset {
                    translated = values.intern(views[span.group].values[code])
                    if Int(translated) == counts.count { counts.append(0) }
                    known[code] = translated
                }
                counts[Int(translated)] += 1
                target[row - span.rows.lowerBound] = translated
            }
        }
    }
}
