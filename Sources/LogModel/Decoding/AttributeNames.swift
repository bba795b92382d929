/// The numbers of the names of an entry's attributes in the batch's table of strings.
///
/// They are kept from one entry to the next: entries of one kind have the same names in the same order, and then there
/// is nothing to look up.
struct AttributeNames {
    private struct Name {
        /// `ParsedEntry.Attribute.nameIdentity`.
        var identity: UInt32
        var code: UInt32
        /// Whether the same name comes again in the entry: the last value counts.
        var isReplaced: Bool
    }

    private var names: [Name] = []

    mutating func forgetAll() { names.removeAll(keepingCapacity: true) }

    /// The number of the name of attribute `index` of the entry that was read; nil when it has no value, or another
    /// takes its place.
    @inline(__always)
    func code(_ index: Int, of entry: ParsedEntry) -> UInt32? {
        let name = names[index]
        return name.isReplaced || entry.attributes[index].value.kind == .absent ? nil : name.code
    }

    /// Finds the numbers of all attributes of `entry`.
    @inline(__always)
    mutating func read(_ entry: ParsedEntry, _ source: EntryBuilder.Source, _ strings: inout StringTable) {
        let count = entry.attributeCount
        if count == names.count {
            var index = 0
            while index < count, names[index].identity == entry.attributes[index].nameIdentity,
                names[index].identity != 0
            { index += 1 }
            if index == count { return }
        }
        readAnew(entry, source, &strings)
    }

    @inline(never)
    private mutating func readAnew(
        _ entry: ParsedEntry, _ source: EntryBuilder.Source, _ strings: inout StringTable
    ) {
        names.removeAll(keepingCapacity: true)
        for index in 0..<entry.attributeCount {
            let attribute = entry.attributes[index]
            let code = strings.intern(source.bytes(attribute.name))
            for earlier in 0..<index where names[earlier].code == code { names[earlier].isReplaced = true }
            names.append(Name(identity: attribute.nameIdentity, code: code, isReplaced: false))
        }
    }
}
