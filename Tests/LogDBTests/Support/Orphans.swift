@testable import LogDB

extension LogStore {
    /// Keys of blocks, segments and postings that belong to no live segment.
    func orphans() throws -> [String] {
        let live = view.snapshot().segments.map(\.record)
        let ids = Set(live.map(\.id))
        var found: [String] = []
        for (key, _) in try contents(.segments) {
            let id = try KeyLayout.number(value: Array(key.dropFirst()))
            if !ids.contains(id) { found.append("segment \(id), \(Character(Unicode.Scalar(key[0])))") }
        }
        for (key, _) in try contents(.blocks) {
            let number = try KeyLayout.number(value: Array(key.dropLast(2).suffix(8)))
            if !live.contains(where: { $0.blockNumbers.contains(number) }) {
                found.append("block \(number), column \(key[key.count - 1])")
            }
        }
        for (key, _) in try contents(.postings) {
            let id = try KeyLayout.number(value: Array(key.dropFirst(4).prefix(8)))
            if !ids.contains(id) { found.append("word page of segment \(id)") }
        }
        return found
    }

    /// As `orphans`, once nothing in the background holds what was retired: its view of the store is a moment's.
    func orphansInTheEnd() async throws -> [String] {
        for _ in 0..<10_000 {
            if try orphans().isEmpty { break }
            await Task.yield()
            try maintenance.removeRetired()
        }
        return try orphans()
    }
}
