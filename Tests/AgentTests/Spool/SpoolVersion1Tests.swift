import Foundation
import LogModel
import Testing

@testable import Agent

/// A spool as version 1 wrote it: eight entries, of which the first two are in a batch that is acknowledged, and three in
/// one that is not. It goes on where it was.
struct SpoolVersion1Tests {
    private static let boot = "112bbfcb60c3735e"

    private static let entries = """
        4c 47 53 50 01 01 00 00 01 00 00 00 00 00 00 00  # segment
        4c 47 52 43 01 00 00 00 04 00 00 00 9c 00 00 00 45 55 0e 0c  # four entries, behind a mark
        01 06 66 69 6c 65 3a 61 01 00 00 00 00 00 00 00 00 00 00 01 64 01 73 02 6d 30 01 6c 01 31 01 74 09 6d 65 73
        73 61 67 65 20 30 00 03 01 00 00 00 00 00 00 00 01 64 01 73 02 6d 31 01 6c 01 31 01 74 09 6d 65 73 73 61 67
        65 20 31 02 01 6b 01 31 01 65 00 01 02 00 00 00 00 00 00 00 01 64 01 73 02 6d 32 01 6c 01 31 01 74 09 6d 65
        73 73 61 67 65 20 32 00 04 03 00 00 00 00 00 00 00 01 64 01 73 02 6d 30 01 6c 01 31 01 74 09 6d 65 73 73 61
        67 65 20 33 02 01 6b 01 33 01 65 00
        4c 47 52 43 01 00 00 00 04 00 00 00 9c 00 00 00 ee 74 8e 3f  # four entries, behind a mark
        01 06 66 69 6c 65 3a 61 01 04 00 04 00 00 00 00 00 00 00 01 64 01 73 02 6d 31 01 6c 01 31 01 74 09 6d 65 73
        73 61 67 65 20 34 00 03 05 00 00 00 00 00 00 00 01 64 01 73 02 6d 32 01 6c 01 31 01 74 09 6d 65 73 73 61 67
        65 20 35 02 01 6b 01 35 01 65 00 01 06 00 00 00 00 00 00 00 01 64 01 73 02 6d 30 01 6c 01 31 01 74 09 6d 65
        73 73 61 67 65 20 36 00 04 07 00 00 00 00 00 00 00 01 64 01 73 02 6d 31 01 6c 01 31 01 74 09 6d 65 73 73 61
        67 65 20 37 02 01 6b 01 37 01 65 00
        """

    private static let batches = """
        4c 47 53 50 01 02 00 00 01 00 00 00 00 00 00 00  # segment
        4c 47 52 43 05 00 00 00 00 00 00 00 49 00 00 00 e5 d2 0c f9  # a state
        10 31 31 32 62 62 66 63 62 36 30 63 33 37 33 35 65 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        00
        4c 47 52 43 04 00 00 00 02 00 00 00 87 00 00 00 a8 05 af a2  # a batch
        01 00 00 00 00 00 00 00 10 31 31 32 62 62 66 63 62 36 30 63 33 37 33 35 65 01 00 00 00 00 00 00 00 10 00 00
        00 00 00 00 00 02 00 00 00 4c 47 42 46 01 00 00 00 02 00 00 00 42 00 00 00 42 00 00 00 83 0d 5c f3 09 01 01
        02 01 01 01 02 01 01 64 73 6d 30 6c 31 74 6d 31 6b 65 00 02 00 03 00 00 00 01 01 02 06 00 03 00 04 00 05 09
        09 6d 65 73 73 61 67 65 20 30 6d 65 73 73 61 67 65 20 31 00 02 01 07 08 01 00 31
        4c 47 52 43 05 00 00 00 00 00 00 00 49 00 00 00 53 6f 88 92  # a state
        10 31 31 32 62 62 66 63 62 36 30 63 33 37 33 35 65 01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 01 00 00
        00 00 00 00 00 10 00 00 00 00 00 00 00 02 00 00 00 01 00 00 00 00 00 00 00 10 00 00 00 00 00 00 00 02 00 00
        00
        4c 47 52 43 04 00 00 00 03 00 00 00 97 00 00 00 18 e9 10 7f  # a batch
        02 00 00 00 00 00 00 00 10 31 31 32 62 62 66 63 62 36 30 63 33 37 33 35 65 01 00 00 00 00 00 00 00 c0 00 00
        00 00 00 00 00 01 00 00 00 4c 47 42 46 01 01 00 00 03 00 00 00 53 00 00 00 52 00 00 00 6a 9c ba ed 28 b5 2f
        fd 20 53 4d 02 00 e4 03 0a 01 01 02 01 02 64 73 6d 32 6c 31 74 6d 30 6b 65 6d 31 04 02 02 01 04 00 00 00 00
        01 01 02 06 09 00 03 00 04 00 05 09 09 09 6d 65 73 73 61 67 65 20 32 33 34 00 02 00 01 07 08 01 00 33 03 00
        80 08 b3 50 f9 72 6f
        """

    private let fixture: SpoolFixture

    init() throws {
        fixture = try SpoolFixture()
        let name = "/" + SegmentFormat.name(1)
        for (path, text) in [
            (fixture.entriesPath, SpoolVersion1Tests.entries), (fixture.batchesPath, SpoolVersion1Tests.batches),
        ] {
            try Files.makeDirectory(path)
            try Files.replace(path + name, with: SpoolVersion1Tests.bytes(text))
        }
    }

    private static func bytes(_ text: String) -> [UInt8] {
        text.split(separator: "\n").flatMap { line in
            line.prefix { $0 != "#" }.split(separator: " ").map { UInt8($0, radix: 16)! }
        }
    }

    private func numbers(_ frame: [UInt8]) throws -> [Int] {
        var decompressor = ZstdDecompressor()
        return try frame.withUnsafeBytes { try BatchFrame.decode($0, using: &decompressor) }.times.map { Int($0) }
    }

    /// Every fourth entry is an error, and every fourth fatal: 1, 3, 5 and 7.
    @Test func goesOn() throws {
        for _ in 1...2 {
            let batches = try BatchLog(directory: fixture.batchesPath)
            #expect(batches.boot == SpoolVersion1Tests.boot)
            #expect(batches.waiting.map(\.batch.sequence) == [2])
            #expect(try numbers(try batches.frame(of: try #require(batches.waiting.first).batch)) == [2, 3, 4])
            #expect(batches.grace.map(\.batch.sequence) == [1])
            let log = try fixture.entryLog(batches.progress, acknowledged: batches.acknowledged)
            #expect(log.unread.total == 3)
            #expect(log.unread[.info] == 1 && log.unread[.error] == 1 && log.unread[.fatal] == 1)
            #expect(log.mark(of: "file:a") == [4])
            #expect(log.findings == SpoolFindings())
        }
        let batches = try BatchLog(directory: fixture.batchesPath)
        let log = try fixture.entryLog(batches.progress, acknowledged: batches.acknowledged)
        let reading = try log.read(isUrgent: true, countMax: 10, byteCountMax: 1 << 20)
        #expect(reading.batch.times == [5, 7])
        let batch = try batches.append([1], entryCount: 2, isUrgent: true, after: reading.after)
        #expect(batch == UploadBatch(sequence: 3, entryCount: 2, boot: SpoolVersion1Tests.boot))
        log.advance(past: reading)
        let second = try BatchLog(directory: fixture.batchesPath)
        #expect(second.waiting.map(\.batch.sequence) == [2, 3])
        let again = try fixture.entryLog(second.progress, acknowledged: second.acknowledged)
        #expect(try again.readAll().map { Int($0.time.microseconds) } == [6])
    }
}
