import Foundation

/// What a process did to the files of a directory, in order, as `DiskInterposer` wrote it down.
struct WriteTrace {
    enum Operation {
        case open(path: String, flags: Int32)
        case close
        case write(offset: Int, bytes: Range<Int>)
        case truncate(length: Int)
        case sync
        case makeDirectory(path: String)
        case removeDirectory(path: String)
        case unlink(path: String)
        case rename(from: String, to: String)
        case link(from: String, to: String)
    }

    struct Record {
        var descriptor: Int32
        var operation: Operation
        /// Bytes of the trace up to the record's end.
        var end: Int
    }

    let bytes: Data
    private(set) var records: [Record] = []

    private static let headByteCount = 21

    /// - Parameter directory: Where the recorded directory was; paths are relative to it, and "" is itself.
    init(path: String, directory: String) throws {
        bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        var place = 0
        // The process was killed: its last record may be cut.
        while place + Self.headByteCount <= bytes.count {
            let descriptor = Int32(bitPattern: number(at: place + 1, UInt32.self))
            let value = number(at: place + 5, UInt64.self)
            let first = place + Self.headByteCount
            let second = first + Int(number(at: place + 13, UInt32.self))
            let end = second + Int(number(at: place + 17, UInt32.self))
            guard end <= bytes.count else { break }
            func path(_ range: Range<Int>) -> String {
                let text = String(decoding: bytes[range], as: UTF8.self).dropFirst(directory.utf8.count)
                return String(text.drop { $0 == "/" })
            }
            let letter = Character(UnicodeScalar(bytes[place]))
            let operation: Operation =
                switch letter {
                case "o": .open(path: path(first..<second), flags: Int32(truncatingIfNeeded: value))
                case "c": .close
                case "w": .write(offset: Int(value), bytes: first..<second)
                case "t": .truncate(length: Int(value))
                case "s": .sync
                case "m": .makeDirectory(path: path(first..<second))
                case "d": .removeDirectory(path: path(first..<second))
                case "u": .unlink(path: path(first..<second))
                case "r": .rename(from: path(first..<second), to: path(second..<end))
                case "l": .link(from: path(first..<second), to: path(second..<end))
                default: throw Stuck("the trace has a record \(letter) at \(place)")
                }
            records.append(Record(descriptor: descriptor, operation: operation, end: end))
            place = end
        }
    }

    private func number<T: FixedWidthInteger>(at place: Int, _: T.Type) -> T {
        (0..<MemoryLayout<T>.size).reduce(0) { $0 | T(bytes[place + $1]) << T($1 * 8) }
    }
}
