import Foundation

/// A file of a recorded disk: what is sure to be on it, and what was written since its last sync.
final class RecordedFile {
    private enum Change {
        case write(offset: Int, bytes: Data)
        case truncate(length: Int)
    }

    private var durable: [UInt8] = []
    private var pending: [Change] = []

    func write(_ bytes: Data, at offset: Int) { pending.append(.write(offset: offset, bytes: bytes)) }
    func truncate(to length: Int) { pending.append(.truncate(length: length)) }

    func sync() {
        for change in pending { RecordedFile.apply(change, to: &durable) }
        pending = []
    }

    /// What a loss of power may leave: of what was not synced, each change is there or not, and the last that is there
    /// may be there in part.
    func contents(_ survival: Survival, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = durable
        let kept = pending.filter { _ in survival.keeps(&random) }
        for (index, change) in kept.enumerated() {
            guard index == kept.count - 1, case .write(let offset, let data) = change, survival == .some else {
                RecordedFile.apply(change, to: &bytes)
                continue
            }
            let torn = data.prefix(Int.random(in: 0...data.count, using: &random))
            if !torn.isEmpty { RecordedFile.apply(.write(offset: offset, bytes: torn), to: &bytes) }
        }
        return bytes
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .truncate(let length): resize(&bytes, to: length)
        case .write(let offset, let data):
            if bytes.count < offset + data.count { resize(&bytes, to: offset + data.count) }
            bytes.withUnsafeMutableBytes { target in
                data.withUnsafeBytes {
                    target.baseAddress!.advanced(by: offset).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
                }
            }
        }
    }

    private static func resize(_ bytes: inout [UInt8], to count: Int) {
        if bytes.count > count {
            bytes.removeLast(bytes.count - count)
        } else {
            bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
        }
    }
}

/// What of all that was not synced survives a loss of power.
enum Survival: CaseIterable {
    case all
    case none
    case some

    func keeps(_ random: inout SeededGenerator) -> Bool {
        switch self {
        case .all: true
        case .none: false
        case .some: Bool.random(using: &random)
        }
    }
}
