/// Cuts bytes into lines at `\n`, in pieces as they arrive, holding none of them.
struct LineSplitter {
    enum Piece: Equatable {
        /// A line, without its end.
        case line(Range<Int>)
        /// A line of more than `byteCountMax` bytes. Its rest, if it is still to come, is passed over.
        case tooLong
        /// No whole line is left.
        case end
    }

    let byteCountMax: Int
    /// The number of the last line, from 1.
    private(set) var lineNumber = 0
    private var isInLongLine = false

    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    /// The next line of `bytes`, from `position`, which is moved past it.
    ///
    /// - Parameter isLast: Nothing follows `bytes`: what is left is a line even without its `\n`.
    mutating func next(_ bytes: UnsafeRawBufferPointer, from position: inout Int, isLast: Bool) -> Piece {
        if isInLongLine {
            guard let lineEnd = RawBytes.firstIndex(of: 0x0a, in: bytes, from: position) else {
                position = bytes.count
                isInLongLine = !isLast
                return .end
            }
            isInLongLine = false
            position = lineEnd + 1
        }
        let start = position
        guard let lineEnd = RawBytes.firstIndex(of: 0x0a, in: bytes, from: start) else {
            let isTooLong = bytes.count - start > byteCountMax
            guard isTooLong || (isLast && start < bytes.count) else { return .end }
            position = bytes.count
            lineNumber += 1
            guard isTooLong else { return .line(start..<bytes.count) }
            isInLongLine = !isLast
            return .tooLong
        }
        position = lineEnd + 1
        lineNumber += 1
        return lineEnd - start > byteCountMax ? .tooLong : .line(start..<lineEnd)
    }
}
