/// How far two short names are apart, to offer a correction.
enum EditDistance {
    /// Insertions, deletions, substitutions and swaps of neighbours that make one text the other (Damerau 1964,
    /// restricted: no part is edited twice). Costs the product of the lengths, so both are cut to 64 characters.
    static func between(_ left: String, _ right: String) -> Int {
        let left = Array(left.unicodeScalars.prefix(64))
        let right = Array(right.unicodeScalars.prefix(64))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                var cost = min(
                    last[column + 1] + 1, current[column] + 1, last[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }

    /// The name nearest to `text` in any case, or nil where none is near: one edit for up to four characters, two for
    /// more.
    static func nearest(to text: String, among names: some Sequence<String>) -> String? {
        let lowered = text.lowercased()
        let bound = lowered.unicodeScalars.count <= 4 ? 1 : 2
        var best: (name: String, distance: Int)?
        for name in names {
            let distance = between(lowered, name.lowercased())
            if distance <= bound, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }
}
