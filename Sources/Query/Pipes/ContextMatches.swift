import LogDB

/// A session of a device, or the entries of a device that are of none.
struct ContextStream: Hashable {
    var device: UInt32
    var session: UInt64
}

/// Where an entry stands among those of its stream.
struct EntryPlace: Hashable, Comparable {
    var time: Int64
    var sequence: UInt64

    init(_ key: EntryKey) {
        time = key.time
        sequence = key.sequence
    }

    static func < (left: EntryPlace, right: EntryPlace) -> Bool {
        left.time == right.time ? left.sequence < right.sequence : left.time < right.time
    }
}

/// The entries that `context` is to show the neighbours of.
struct ContextMatches {
    struct Match {
        var place: EntryPlace
        /// What pipes like this one before said of it, two bits each: whether there is a value, and which.
        fileprivate var flags: UInt64

        /// Whether the pipe of this number before had it as a match.
        func known(_ pipe: Int) -> Value {
            let bits = flags >> UInt64(2 * pipe) & 3
            return bits & 1 == 0 ? .missing : .boolean(bits & 2 != 0)
        }
    }

    /// In the order of their places, once sorted.
    private(set) var byStream: [ContextStream: [Match]] = [:]
    private var count = 0

    /// What they take in memory, about, in bytes. An array that grows has up to half of it free.
    var byteCount: Int { count * MemoryLayout<Match>.stride * 3 / 2 + byStream.count * 128 }

    /// - Parameter known: The computed columns that say what pipes before had as a match; `QueryLimits` allows fewer pipes
    ///   than there are pairs of bits.
    mutating func add(_ rows: RowBatch, known: [Int]) {
        guard let keys = rows.entries?.keys else { return }
        for (row, key) in keys.enumerated() {
            var flags: UInt64 = 0
            for (pipe, column) in known.enumerated() {
                guard case .boolean(let isMatch) = rows.computed[column][row] else { continue }
                flags |= (isMatch ? 3 : 1) << UInt64(2 * pipe)
            }
            byStream[ContextStream(device: key.device, session: key.session), default: []].append(
                Match(place: EntryPlace(key), flags: flags))
        }
        count += keys.count
    }

    mutating func sort() {
        for stream in byStream.keys { byStream[stream]?.sort { $0.place < $1.place } }
    }

    /// Nil where the entry is no match.
    func match(_ key: EntryKey) -> Match? {
        guard let matches = byStream[ContextStream(device: key.device, session: key.session)] else { return nil }
        let place = EntryPlace(key)
        let index = matches.partitioningIndex { !($0.place < place) }
        return index < matches.count && matches[index].place == place ? matches[index] : nil
    }
}

extension Array {
    /// The first index from which on `isInSecondHalf` holds; the array is parted so.
    func partitioningIndex(where isInSecondHalf: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isInSecondHalf(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
