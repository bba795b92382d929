import LogDB

/// Where a live stream stands, as text: `SEQUENCE.FLOOR` in base 36.
enum LiveCursor {
    static func text(_ position: LivePosition) -> String {
        String(position.sequence, radix: 36) + "." + String(position.segmentFloor, radix: 36)
    }

    /// - Throws: `Problem` 400 `invalid_cursor`.
    static func read(_ text: String) throws(Problem) -> LivePosition {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = UInt64(parts[0], radix: 36), let floor = UInt64(parts[1], radix: 36)
        else {
            throw Problem.parameter("cursor", "invalid_cursor", "“\(text)” is no cursor of a live stream.")
        }
        return LivePosition(sequence: sequence, segmentFloor: floor)
    }
}
