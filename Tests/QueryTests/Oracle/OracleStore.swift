import Foundation
import LogDB
import LogModel

@testable import Query

/// A store with entries that random queries find something among, and the same entries for the naive evaluator.
struct OracleStore {
    enum Shape: CaseIterable {
        case head
        case sealed
        case merged
        case mixed
    }

    static func entries(_ count: Int, _ random: inout SeededGenerator) -> [Entry] {
        (0..<count).map { _ in
            func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
            let messages = [
                "retry \(number(1...5)) of \(number(4...6)) failed", "worker-\(number(1...4)) done",
                "Worker \(number(1...3)) DONE at 12.50", "done", "failed to read 0\(number(1...9))", "",
            ]
            var context: [Entry.Attribute] = []
            if number(1...10) <= 6 { context.append(Entry.Attribute("retry_count", String(number(0...5)))) }
            if number(1...10) <= 6 {
                let value = ["\(number(1...3000))", "\(number(1...40)).5", "12.50", "none"][number(0...3)]
                context.append(Entry.Attribute("latency_ms", value))
            }
            if number(1...10) <= 4 {
                context.append(Entry.Attribute("camera", ["front", "Front", "rear", ""][number(0...3)]))
            }
            if number(1...10) <= 3 { context.append(Entry.Attribute("level", String(number(1...9)))) }
            return Entry(
                time: Timestamp(
                    microseconds: RandomQuery.start + Int64(number(0...7_199)) * 1_000_000 + Int64(number(0...1))),
                level: Level.allCases[number(0...4)], device: "Drone-\(number(1...3))",
                session: ["", "nav", "dock", "map"][number(0...3)], module: ["", "gps", "GPS", "input"][number(0...3)],
                logger: ["", "a.b"][number(0...1)], process: ["", "7"][number(0...1)], thread: "",
                message: messages[number(0...5)], context: context)
        }
    }

    static func withStore(
        _ shape: Shape, _ entries: [Entry], body: (LogStore, [NaiveEntry]) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("oracle-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var options = Options()
        options.blockRowCountMax = 256
        let store = try await LogStore.open(at: directory, options: options)
        do {
            let third = entries.count / 3
            let parts = [entries[..<third], entries[third..<(2 * third)], entries[(2 * third)...]].map { Array($0) }
            for (place, part) in parts.enumerated() {
                _ = try await store.append(Batch(part))
                switch shape {
                case .head: break
                case .sealed, .merged: try await store.compact { _, _ in }
                case .mixed: if place < 2 { try await store.compact { _, _ in } }
                }
            }
            if shape == .merged { try await store.compact { _, _ in } }
            try await body(store, try await all(store))
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// Every entry as the store has it, in the order that is checked here.
    private static func all(_ store: LogStore) async throws -> [NaiveEntry] {
        var found: [(entry: Entry, key: EntryKey, received: Int64)] = []
        for try await rows in store.scan(ScanRequest()) {
            for row in 0..<rows.count { found.append((rows.batch[row], rows.keys[row], rows.received[row])) }
        }
        func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
        found.sort { left, right in
            if left.key.time != right.key.time { return left.key.time < right.key.time }
            if left.entry.device != right.entry.device {
                return bytes(left.entry.device).lexicographicallyPrecedes(bytes(right.entry.device))
            }
            if left.entry.session != right.entry.session {
                return bytes(left.entry.session).lexicographicallyPrecedes(bytes(right.entry.session))
            }
            return left.key.sequence < right.key.sequence
        }
        return found.enumerated().map { place, row in
            NaiveEntry(
                row.entry, id: row.key.id, received: row.received, status: row.key.session == 0 ? nil : "active",
                place: place)
        }
    }
}
