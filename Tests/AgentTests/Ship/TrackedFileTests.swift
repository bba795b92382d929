import Foundation
import Testing

@testable import Agent

/// Which file a name means, and where to go on in it.
struct TrackedFileTests {
    /// Reads all lines of a file and remembers where it stands.
    private func readAll(_ path: String) throws -> FilePosition {
        let file = try TrackedFile(path)
        while try file.nextLine(isLast: true) != .end {}
        return try file.position()
    }

    private let longText = (0..<200).map { "line \($0)\n" }.joined()

    @Test func goesOnInAFileThatGrewOrWasRenamed() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("a.log", longText)
        let position = try readAll(path)
        #expect(position.offset == Int64(longText.utf8.count))
        #expect(position.lineCount == 200)
        #expect(position.fingerprint.byteCount == Fingerprint.byteCountMax)
        try directory.append("a.log", "more\n")
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        let file = try TrackedFile(path + ".1")
        #expect(file.key == position.key)
        #expect(try file.resume(position) == nil)
        #expect(file.cursor.offset == position.offset)
        #expect(file.cursor.lineCount == 200)
    }

    @Test func noticesThatTheContentWasReplaced() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("a.log", longText)
        let position = try readAll(path)
        for text in ["", "new\n", longText.replacingOccurrences(of: "line 1\n", with: "line X\n") + longText] {
            try directory.write("a.log", text)
            let file = try TrackedFile(path)
            #expect(try #require(try file.resume(position)).contains("other content"))
            #expect(file.cursor.offset == 0)
        }
    }

    @Test func goesOnAfterWhatIsLeftOfACutFile() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("a.log", longText)
        let position = try readAll(path)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        let kept = (0..<180).map { "line \($0)\n" }.joined()
        try handle.truncate(atOffset: UInt64(kept.utf8.count))
        let file = try TrackedFile(path)
        #expect(try #require(try file.resume(position)).contains("was cut"))
        #expect(file.cursor.offset == Int64(kept.utf8.count))
        #expect(file.cursor.lineCount == 180)
    }

    @Test func startsAFileThatIsNotRemembered() throws {
        let directory = try TemporaryDirectory()
        let file = try TrackedFile(try directory.write("a.log", longText))
        #expect(try file.resume(nil) == nil)
        #expect(file.cursor.offset == 0)
    }

    @Test func seesRotation() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("a.log", longText)
        let file = try TrackedFile(path)
        #expect(!file.isRotated)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        #expect(file.isRotated)
        try directory.write("a.log", "new\n")
        #expect(file.isRotated)
    }

    @Test func refusesWhatIsNoRegularFile() throws {
        let directory = try TemporaryDirectory()
        for (path, code) in [(directory.path, AgentError.Code.invalidArgument), (directory.path + "/none", .io)] {
            let error = #expect(throws: AgentError.self) { try TrackedFile(path) }
            #expect(error?.code == code)
            #expect(error?.message.contains(path) == true)
        }
    }
}
