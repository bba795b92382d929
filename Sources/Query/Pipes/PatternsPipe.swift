import LogDB
import LogModel

/// `patterns`: messages that differ in numbers, identifiers and the like alone, counted together; the most frequent first.
final class PatternsPipe: RowSource {
    private let input: any RowSource
    private let plan: PatternsPlan
    private let memory: PipeMemory
    private var heldByteCount = 0
    private let reader = MessagePatternReader()
    private var patterns: [[UInt8]: PatternResult.Pattern] = [:]
    private var byteCount = 0
    private var output: HeldRows?

    init(_ input: any RowSource, _ plan: PatternsPlan, memory: PipeMemory) {
        self.input = input
        self.plan = plan
        self.memory = memory
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if output == nil {
            while let rows = try await input.next(isolation: isolation) {
                count(rows)
                try memory.hold(&heldByteCount, byteCount, "patterns")
            }
            output = HeldRows(PatternsPipe.table(Array(patterns.values), hasTimes: plan.time != nil))
        }
        return try await output?.next(isolation: isolation)
    }

    private func count(_ batch: RowBatch) {
        let messages = ColumnReader(batch, plan.message.reference)
        let times = plan.time.map { ColumnReader(batch, $0.reference) }
        var text: [UInt8] = []
        for row in 0..<batch.count {
            var time: Int64 = 0
            if case .time(let moment) = times?.value(row) { time = moment.microseconds }
            _ = messages.withBytes(row) { message in
                reader.read(message, into: &text)
                let found = PatternResult.Pattern(
                    text: text, count: 1, firstSeen: time, lastSeen: time, example: Array(message))
                let before = patterns[text]?.example.count ?? 0
                if patterns[text]?.add(found) == nil {
                    patterns[text] = found
                    byteCount += 160 + 2 * text.count
                }
                byteCount += (patterns[text]?.example.count ?? 0) - before
            }
        }
    }

    private static func table(_ patterns: [PatternResult.Pattern], hasTimes: Bool) -> RowBatch {
        let sorted = patterns.sorted { left, right in
            left.count == right.count ? left.text.lexicographicallyPrecedes(right.text) : left.count > right.count
        }
        func time(_ microseconds: Int64) -> Value { hasTimes ? .time(Timestamp(microseconds: microseconds)) : .missing }
        return RowBatch(
            computed: [
                sorted.map { .text($0.text) }, sorted.map { .integer(Int64(clamping: $0.count)) },
                sorted.map { time($0.firstSeen) }, sorted.map { time($0.lastSeen) }, sorted.map { .text($0.example) },
            ], count: sorted.count)
    }

    /// What the engine says of the entries themselves, from the templates that it stores messages by.
    static func counted(
        _ range: TimeRange, _ filter: Filter, _ context: RunContext, isolation: isolated (any Actor)? = #isolation
    ) async throws -> any RowSource {
        let result = try await context.store.patterns(
            range: range, filter: filter, memoryByteCountMax: context.query.context.memoryByteCountMax,
            deadline: context.query.context.deadline, in: context.snapshot)
        context.add(result.statistics)
        return HeldRows(table(result.patterns, hasTimes: true))
    }
}
