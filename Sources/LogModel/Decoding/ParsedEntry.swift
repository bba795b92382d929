/// An entry's object after reading it: where each value stands, nothing judged yet. Kept between entries, so that
/// reading one allocates nothing.
struct ParsedEntry {
    /// A bit each, so that several can be tested at once.
    enum Kind: UInt8 {
        /// Not there, or `null`.
        case absent = 0
        case string = 1
        /// A number or a boolean; the text is as it was written.
        case literal = 2
        /// An array or an object; the text is its JSON.
        case structure = 4
    }

    struct Value {
        var text = JSONText(offset: 0, count: 0, isInScratch: false)
        var kind = Kind.absent
        /// Where the value starts in the source, for messages.
        var position: UInt32 = 0
    }

    struct Attribute {
        var name: JSONText
        /// The same for the same name, where `NamePredictor` knew it; else 0.
        var nameIdentity: UInt32
        var value: Value
    }

    var fields = Fields()
    /// Whether the time came under a name that says its unit.
    var isTimeInMicroseconds = false
    /// The first `attributeCount` are the entry's; the others are room kept for the next.
    private(set) var attributes: [Attribute] = []
    private(set) var attributeCount = 0
    /// Where the entry starts in the source.
    var position = 0

    /// Makes this what `shared` is: what an entry inherits before its own members are read.
    @inline(__always)
    mutating func reset(to shared: ParsedEntry) {
        fields = shared.fields
        isTimeInMicroseconds = shared.isTimeInMicroseconds
        attributeCount = 0
        for index in 0..<shared.attributeCount { append(shared.attributes[index]) }
    }

    @inline(__always)
    mutating func append(_ attribute: Attribute) {
        if attributeCount < attributes.count {
            attributes[attributeCount] = attribute
        } else {
            attributes.append(attribute)
        }
        attributeCount += 1
    }
}
