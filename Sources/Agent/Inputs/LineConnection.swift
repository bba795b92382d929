import Glibc

/// The lines of a pipe or a socket, as they come. Belongs to one thread at a time.
final class LineConnection {
    enum Event {
        case line([UInt8])
        /// A line past the bound, with its beginning; the rest of it is passed over.
        case tooLong([UInt8])
        /// Nothing more for now.
        case nothing
        /// Nothing more at all.
        case closed
    }

    static let lineByteCountMax = 1 << 20

    let file: Files.Descriptor
    private var bytes: [UInt8] = []
    private var start = 0
    private var isPassingOver = false
    private var isClosed = false

    /// - Parameter file: Read without waiting.
    init(_ file: consuming Files.Descriptor) {
        self.file = file
        _ = fcntl(self.file.number, F_SETFL, fcntl(self.file.number, F_GETFL) | O_NONBLOCK)
    }

    func next() -> Event {
        while true {
            if let end = bytes[start...].firstIndex(of: 0x0a) {
                let line = Array(bytes[start..<end])
                start = end + 1
                if isPassingOver {
                    isPassingOver = false
                    continue
                }
                return .line(line)
            }
            if bytes.count - start > LineConnection.lineByteCountMax {
                let beginning = Array(bytes[start...].prefix(1_024))
                (bytes, start) = ([], 0)
                if isPassingOver { continue }
                isPassingOver = true
                return .tooLong(beginning)
            }
            if isClosed {
                guard start < bytes.count, !isPassingOver else { return .closed }
                defer { (bytes, start) = ([], 0) }
                return .line(Array(bytes[start...]))
            }
            bytes.removeFirst(start)
            start = 0
            guard read() else {
                if isClosed { continue }
                return .nothing
            }
        }
    }

    /// - Returns: Whether bytes came.
    private func read() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            let count = Glibc.read(file.number, buffer.baseAddress, buffer.count)
            if count > 0 {
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
                return true
            }
            if count == 0 || (errno != EAGAIN && errno != EINTR) { isClosed = true }
            return false
        }
    }
}
