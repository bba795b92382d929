import Dispatch
import LogModel

/// Reads all sinks of a directory in turn, on a thread of its own, and keeps their positions with their entries.
actor SinkReader {
    private let executor = BlockingExecutor(label: "logdb.sinks")
    private let directory: String
    private let intake: any EntryIntake
    private let refusals: Refusals
    private let defaults: @Sendable () -> EntryDecoder.Defaults
    /// Confirmations are files that are written; they come from the thread that syncs.
    private let confirmations = DispatchQueue(label: "logdb.sinks.confirm")
    private var tails: [String: SinkTail] = [:]
    /// The positions of the last mark.
    private var marked: [String: SinkPosition] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        directory: String, intake: any EntryIntake, refusals: Refusals,
        defaults: @escaping @Sendable () -> EntryDecoder.Defaults
    ) {
        self.directory = directory
        self.intake = intake
        self.refusals = refusals
        self.defaults = defaults
    }

    /// Learns where an earlier run has stopped.
    func begin() async throws(AgentError) {
        if let value = await intake.mark(of: SinkInput.markName) { marked = SinkMark.read(value) }
        // What a process that crashed while it made its sink has left behind.
        for name in try Files.names(in: directory) where name.hasPrefix(SinkLayout.draftPrefix) {
            let tail = SinkTail(name: name, root: directory, position: .start)
            if tail.isAbandoned() { try tail.remove() }
        }
    }

    /// Looks for new sinks, and removes those of processes that have ended and whose entries are all safe.
    ///
    /// - Returns: The names of the sinks that are read.
    func scan() throws(AgentError) -> Set<String> {
        let names = try Files.names(in: directory).filter { SinkLayout.isName($0) && $0 != SinkLayout.levels }
        for name in names where tails[name] == nil && tails.count < SinkInput.sinkCountMax {
            guard Files.isDirectory("\(directory)/\(name)") else { continue }
            let path = "\(directory)/\(name)"
            let confirmed = SinkTail.confirmed(directory: path) ?? .start
            var position = confirmed
            if let known = marked[name], known > confirmed {
                // Safe since an earlier run, which ended before it could say so.
                try SinkTail.confirm(known, directory: path)
                position = known
            }
            tails[name] = SinkTail(name: name, root: directory, position: position)
        }
        for (name, tail) in tails {
            guard Files.exists(tail.directory) else {
                tails[name] = nil
                continue
            }
            // In this order: once the process has ended, nothing is added.
            guard tail.isAbandoned(), try tail.isAtEnd() else { continue }
            let confirmed = confirmations.sync { SinkTail.confirmed(directory: tail.directory) } ?? .start
            if confirmed >= tail.position {
                try tail.remove()
                tails[name] = nil
            }
        }
        return Set(tails.keys)
    }

    /// Reads what is there of each sink, a piece at a time, and hands it over.
    ///
    /// - Returns: Whether all of them were at their ends.
    func read() async throws(AgentError) -> Bool {
        var isAtEnd = true
        for name in tails.keys.sorted() {
            guard let tail = tails[name] else { continue }
            let defaults = defaults()
            var decoder = LineDecoder(isText: false, defaults: defaults)
            let before = tail.position
            var refused: [(EntryDecoder.Rejection, [UInt8])] = []
            let reading = try tail.read { json in
                if let rejection = decoder.decode(json) {
                    refused.append((rejection, Array(json.prefix(Refusals.beginningByteCountMax))))
                }
            }
            for (rejection, beginning) in refused {
                refuse(name, rejection.code, rejection.detail, beginning, defaults.receivedAt)
            }
            if reading.damagedCount > 0 {
                refuse(
                    name, "damaged_line", "\(reading.damagedCount) lines of the sink's file were cut short or damaged",
                    [], defaults.receivedAt)
            }
            if !reading.isAtEnd { isAtEnd = false }
            if tail.position != before { try await put(decoder.takeBatch(), of: name, tail.position) }
        }
        return isAtEnd
    }

    private func put(_ batch: Batch, of name: String, _ position: SinkPosition) async throws(AgentError) {
        marked[name] = position
        // Those that are gone from the disk are not found again.
        marked = marked.filter { tails[$0.key] != nil }
        let mark = InputMark(input: SinkInput.markName, value: SinkMark.encode(marked))
        let sink = "\(directory)/\(name)"
        let (confirmations, refusals) = (confirmations, refusals)
        try await intake.put(batch, mark: mark) {
            confirmations.async {
                do throws(AgentError) {
                    try SinkTail.confirm(position, directory: sink)
                } catch {
                    // The module keeps the entries until a later confirmation, and drops new ones when it has no room.
                    refusals.add(
                        input: "sink", reason: "unconfirmed", detail: error.message,
                        beginning: UnsafeRawBufferPointer(start: nil, count: 0), at: WallClock.now())
                }
            }
        }
    }

    private func refuse(_ sink: String, _ reason: String, _ detail: String, _ beginning: [UInt8], _ time: Timestamp) {
        beginning.withUnsafeBytes {
            refusals.add(input: "sink:\(sink)", reason: reason, detail: detail, beginning: $0, at: time)
        }
    }
}

/// The positions of all sinks as one mark: a line each.
enum SinkMark {
    static func encode(_ positions: [String: SinkPosition]) -> [UInt8] {
        var text = ""
        for (name, position) in positions.sorted(by: { $0.key < $1.key }) { text += "\(name) \(position.text)" }
        return Array(text.utf8)
    }

    static func read(_ value: [UInt8]) -> [String: SinkPosition] {
        var positions: [String: SinkPosition] = [:]
        for line in String(decoding: value, as: UTF8.self).split(separator: "\n") {
            guard let space = line.firstIndex(of: " "),
                let position = SinkPosition(line[line.index(after: space)...])
            else { continue }
            positions[String(line[..<space])] = position
        }
        return positions
    }
}
