import LogDB
import LogModel
import Logging
import Synchronization

/// Follows the store on behalf of all live streams: each batch is looked through once for each distinct query, and what is
/// found is written once.
final class LiveHub: Sendable {
    /// What streams ask for.
    struct Question: Sendable {
        /// The same for the same question: its readers share the work.
        var key: String
        var filter: Filter
        var range: TimeRange
    }

    private struct Group {
        var question: Question
        var subscribers: [UInt64: LiveSubscriber] = [:]
    }

    private struct State {
        var groups: [String: Group] = [:]
        var nextSubscriber: UInt64 = 0
        var isRunning = false
        var isStopped = false
        /// Past what all subscribers were given.
        var position: LivePosition?
    }

    private let store: LogStore
    private let logger: Logger
    private let state = Mutex(State())
    private let dropped = Atomic(UInt64(0))

    /// How often readers that get nothing are woken.
    static let tickTime: Duration = .seconds(5)
    private static let scanByteCountMax = 32 << 20

    init(_ store: LogStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    var subscriberCount: Int { state.withLock { $0.groups.values.reduce(0) { $0 + $1.subscribers.count } } }
    var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

    /// Where readers that are added now, or later, begin at the earliest.
    var position: LivePosition {
        let position = state.withLock { $0.isRunning ? $0.position : nil }
        return position ?? store.livePosition
    }

    /// Adds a reader. Hand the number back to `unsubscribe`.
    ///
    /// - Throws: `LogError` when the store is closed.
    func subscribe(_ question: Question) throws -> (id: UInt64, subscriber: LiveSubscriber) {
        try state.withLock { state in
            if state.isStopped { throw LogError.stopped }
            if !state.isRunning {
                let feed = try store.follow()
                state.isRunning = true
                state.position = feed.start
                Task { await self.run(feed) }
            }
            guard let position = state.position else { throw LogError.stopped }
            state.nextSubscriber += 1
            let id = state.nextSubscriber
            let subscriber = LiveSubscriber(start: position)
            state.groups[question.key, default: Group(question: question)].subscribers[id] = subscriber
            return (id, subscriber)
        }
    }

    func unsubscribe(_ id: UInt64, _ question: Question) {
        state.withLock { state in
            state.groups[question.key]?.subscribers[id] = nil
            if state.groups[question.key]?.subscribers.isEmpty == true { state.groups[question.key] = nil }
        }
    }

    /// Ends every stream, and takes no more.
    func stop() {
        let subscribers = state.withLock { state in
            state.isStopped = true
            return state.groups.values.flatMap(\.subscribers.values)
        }
        for subscriber in subscribers { subscriber.end() }
    }

    private func run(_ feed: LiveFeed) async {
        let ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: LiveHub.tickTime)
                let subscribers = state.withLock { $0.groups.values.flatMap(\.subscribers.values) }
                for subscriber in subscribers { subscriber.tick() }
            }
        }
        defer { ticker.cancel() }
        while let batch = await feed.next() {
            let groups = state.withLock { state -> [Group] in
                if state.groups.isEmpty {
                    state.isRunning = false
                    state.position = nil
                } else {
                    // Whoever comes from now on finds these in the store.
                    state.position = batch.end
                }
                return Array(state.groups.values)
            }
            if groups.isEmpty { return }
            for group in groups { await deliver(batch, to: group) }
        }
        stop()
    }

    private func deliver(_ batch: LiveBatch, to group: Group) async {
        if batch.droppedCount > 0 {
            for subscriber in group.subscribers.values { drop(batch.droppedCount, subscriber) }
        }
        guard batch.count > 0 else { return }
        let request = ScanRequest(
            range: group.question.range, filter: group.question.filter, order: .oldestFirst,
            memoryByteCountMax: LiveHub.scanByteCountMax)
        do {
            var pieces: [LiveSubscriber.Piece] = []
            for try await rows in batch.scan(request) {
                pieces.append(.init(rows: LiveRows.json(rows), count: rows.count, end: batch.end))
            }
            for (index, piece) in pieces.enumerated() {
                var piece = piece
                // Before the last of them, going on after the batch would leave some out.
                if index + 1 < pieces.count { piece.end = nil }
                for subscriber in group.subscribers.values where !subscriber.give(piece) {
                    dropped.add(UInt64(piece.count), ordering: .relaxed)
                }
            }
        } catch {
            logger.error("a live query failed: \(error)")
            for subscriber in group.subscribers.values { drop(batch.count, subscriber) }
        }
    }

    private func drop(_ count: Int, _ subscriber: LiveSubscriber) {
        subscriber.drop(count)
        dropped.add(UInt64(count), ordering: .relaxed)
    }
}

/// Rows as a stream writes them.
enum LiveRows {
    static func json(_ rows: Rows) -> [UInt8] { json(rows, indexes: 0..<rows.count) }

    static func json(_ rows: Rows, indexes: some Sequence<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        var writer = RowWriter(columns: nil)
        for index in indexes {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            writer.append(index, of: rows, to: &bytes)
        }
        return bytes
    }
}
