/// Finds what somebody may have meant.
enum Spelling {
    /// The name that takes the fewest changed, added or left-out characters to come to; nil where that is more than a third
    /// of them.
    static func nearest(_ text: String, among names: [String]) -> String? {
        let near = names.map { ($0, distance(Array(text), Array($0))) }.min { $0.1 < $1.1 }
        guard let (name, distance) = near, distance * 3 <= max(name.count, 3) else { return nil }
        return name
    }

    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let cost = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(cost, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
