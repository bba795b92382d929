extension String {
    /// As much of the start as fits, whole characters of it. What people and devices say is bounded by bytes: a character
    /// may have any number of them.
    func prefix(byteCount: Int) -> String {
        guard utf8.count > byteCount else { return self }
        var end = startIndex
        var count = 0
        while end < endIndex {
            count += unicodeScalars[end].utf8.count
            guard count <= byteCount else { break }
            end = unicodeScalars.index(after: end)
        }
        return String(self[..<end])
    }
}
