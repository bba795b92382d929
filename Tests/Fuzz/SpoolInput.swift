import Glibc
@testable import LogModel

@testable import Agent

/// Bytes as a file of the spool, and as the payload of one sound record of it.
enum SpoolInput {
    /// In memory, without a name, and written anew for each input.
    private static let file: Int32 = {
        var path = Array("/dev/shm/logdb-fuzz-XXXXXX".utf8CString)
        let file = mkstemp(&path)
        precondition(file >= 0, "no file in /dev/shm")
        unlink(path)
        return file
    }()

    static func read(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return }
        scan(Array(bytes), entryCount: nil)
        let entryCount = Int(first % 8)
        let content = UnsafeRawBufferPointer(rebasing: bytes[1...])
        var sealed = SegmentFormat.header(.entries, number: 1)
        SegmentFormat.append(.entries, entryCount: entryCount, segment: 1, to: &sealed) { $0 += content }
        scan(sealed, entryCount: entryCount)
    }

    /// - Parameter entryCount: Of the one record that is there; nil where none has to be.
    private static func scan(_ bytes: [UInt8], entryCount: Int?) {
        ftruncate(file, 0)
        precondition(pwrite(file, bytes, bytes.count, 0) == bytes.count)
        var isFound = false
        do throws(AgentError) {
            var scanner = try SegmentScanner("/proc/self/fd/\(file)", number: 1)
            _ = try scanner.hasHeader(SegmentFormat.Content.entries)
            var last = scanner.offset
            scanning: while true {
                switch try scanner.next() {
                case .end: break scanning
                case .damage(_, let byteCount): precondition(byteCount > 0)
                case .record(let record):
                    isFound = true
                    decode(record)
                }
                precondition(scanner.offset > last && scanner.offset <= max(bytes.count, 16))
                last = scanner.offset
            }
        } catch {
            precondition(entryCount == nil, "a sound record is not read: \(error)")
        }
        precondition(entryCount == nil || isFound, "a sound record is not found")
    }

    private static func decode(_ record: SegmentScanner.Record) {
        record.payload.withUnsafeBytes { payload in
            var reader = SpoolReader(payload)
            var batch = Batch()
            if (try? EntryCodec.leadingMark(&reader)) != nil {
                for _ in 0..<min(record.entryCount, 1_000) {
                    guard (try? EntryCodec.readEntry(&reader, into: &batch)) != nil else { break }
                }
            }
            for index in 0..<batch.count { _ = batch[index] }
            var skipping = SpoolReader(payload)
            if (try? EntryCodec.leadingMark(&skipping)) != nil {
                for _ in 0..<min(record.entryCount, 1_000) {
                    guard (try? EntryCodec.skipEntry(&skipping)) != nil else { break }
                }
            }
        }
    }
}
