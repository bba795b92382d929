/// A place in a text, in characters (Unicode scalars).
struct ScalarCursor {
    private let text: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    var isAtEnd: Bool { index >= text.count }

    /// The character `distance` after the place; nil after the end.
    func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        index + distance < text.count ? text[index + distance] : nil
    }

    mutating func skip(_ count: Int = 1) { index = min(index + count, text.count) }

    mutating func next() -> Unicode.Scalar? {
        let scalar = peek()
        skip()
        return scalar
    }

    /// Goes past the character if it stands here.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        skip()
        return true
    }

    /// Goes past the next such character. False, and at the end, when there is none.
    mutating func skip(past scalar: Unicode.Scalar) -> Bool {
        while let next = next() {
            if next == scalar { return true }
        }
        return false
    }

    /// Goes past the next place of `end`, and gives what stood before it. Nil, and not moved, when there is none.
    mutating func takeText(before end: String) -> String? {
        let end = Array(end.unicodeScalars)
        var place = index
        while place + end.count <= text.count {
            if text[place..<(place + end.count)].elementsEqual(end) {
                let taken = String(String.UnicodeScalarView(text[index..<place]))
                index = place + end.count
                return taken
            }
            place += 1
        }
        return nil
    }
}
