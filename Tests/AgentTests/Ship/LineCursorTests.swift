import Foundation
import Testing

@testable import Agent

/// Lines of real files, in pieces and at their ends.
struct LineCursorTests {
    private struct Piece: Equatable {
        var text: String
        var offset: Int64
        var lineCount: Int
    }

    /// Reads lines until there is none for now.
    private func read(_ cursor: inout LineCursor, _ file: FileHandle, isLast: Bool) throws -> [Piece] {
        var pieces: [Piece] = []
        while true {
            let text: String
            switch try cursor.next(file.fileDescriptor, path: "file", isLast: isLast) {
            case .end: return pieces
            case .whole(let range): text = String(decoding: cursor.bytes[range], as: UTF8.self)
            case .tooLong(let byteCount, let beginning):
                text = "\(byteCount) bytes: " + String(decoding: beginning, as: UTF8.self)
            }
            pieces.append(Piece(text: text, offset: cursor.offset, lineCount: cursor.lineCount))
        }
    }

    @Test func givesEachLineWithItsPlace() throws {
        let directory = try TemporaryDirectory()
        let file = try #require(FileHandle(forReadingAtPath: try directory.write("a", "one\n\nthree\r\nrest")))
        var cursor = LineCursor(offset: 0, lineCount: 0, lineByteCountMax: 100)
        let whole = [
            Piece(text: "one\n", offset: 4, lineCount: 1), Piece(text: "\n", offset: 5, lineCount: 2),
            Piece(text: "three\r\n", offset: 12, lineCount: 3),
        ]
        #expect(try read(&cursor, file, isLast: false) == whole)
        #expect(cursor.readOffset == 16)
        // What has no end yet is a line when its end comes, or when none will.
        try directory.append("a", " of it\nmore")
        #expect(try read(&cursor, file, isLast: false) == [Piece(text: "rest of it\n", offset: 23, lineCount: 4)])
        #expect(try read(&cursor, file, isLast: true) == [Piece(text: "more", offset: 27, lineCount: 5)])
        #expect(try read(&cursor, file, isLast: true) == [])
        var later = LineCursor(offset: 5, lineCount: 2, lineByteCountMax: 100)
        #expect(try read(&later, file, isLast: true).first == Piece(text: "three\r\n", offset: 12, lineCount: 3))
    }

    @Test func passesOverLinesPastTheBound() throws {
        let directory = try TemporaryDirectory()
        let long = String(repeating: "x", count: 1_000_000)
        let text = "12345678\n123456789\nok\n\(long)\nok\n\(long)"
        let file = try #require(FileHandle(forReadingAtPath: try directory.write("a", text)))
        var cursor = LineCursor(offset: 0, lineCount: 0, lineByteCountMax: 8)
        #expect(
            try read(&cursor, file, isLast: false).map(\.text)
                == ["12345678\n", "10 bytes: 12345678", "ok\n", "1000001 bytes: xxxxxxxx", "ok\n"])
        #expect(cursor.readOffset == text.utf8.count)
        #expect(
            try read(&cursor, file, isLast: true)
                == [Piece(text: "1000000 bytes: xxxxxxxx", offset: Int64(text.utf8.count), lineCount: 6)])
    }

    @Test func readsFilesLargerThanAPiece() throws {
        let directory = try TemporaryDirectory()
        let lines = (0..<60_000).map { "line \($0)" }
        let text = lines.joined(separator: "\n") + "\n"
        let file = try #require(FileHandle(forReadingAtPath: try directory.write("a", text)))
        var cursor = LineCursor(offset: 0, lineCount: 0, lineByteCountMax: 100)
        let pieces = try read(&cursor, file, isLast: false)
        #expect(pieces.map(\.text) == lines.map { $0 + "\n" })
        #expect(pieces.last == Piece(text: "line 59999\n", offset: Int64(text.utf8.count), lineCount: 60_000))
    }
}
