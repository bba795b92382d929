/// Stores inputs one after the other, and says what became of each.
struct IngestRun {
    private let options: IngestOptions
    private let sink: any BatchSink
    private let stop: StopRequest
    private let line: ProgressLine

    private(set) var total = IngestTally()
    /// Whether every input was read to its end.
    private(set) var isComplete = true
    private var isHopeless = false
    /// Whether an input that cannot be read again was not read to its end.
    private var isCutPipe = false

    init(options: IngestOptions, sink: any BatchSink, stop: StopRequest, line: ProgressLine) {
        self.options = options
        self.sink = sink
        self.stop = stop
        self.line = line
    }

    mutating func store(_ names: [String]) async {
        let start = ContinuousClock.now
        for name in names {
            if stop.isMade || isHopeless { isComplete = false } else { await store(name) }
        }
        if stop.isMade, !isComplete { sayHowToGoOn() }
        if names.count > 1 { say(total.summary("in all", in: ContinuousClock.now - start)) }
    }

    private mutating func store(_ name: String) async {
        let start = ContinuousClock.now
        let input: LineInput
        do throws(CommandFailure) { input = try LineInput(name, stop: stop) } catch {
            fail(error)
            return
        }
        let (line, byteCount) = (line, input.byteCount)
        var file = FileIngest(input, options: options, sink: sink, stop: stop) { tally in
            line.update(
                input.shortName, fraction: byteCount.map { $0 == 0 ? 1 : Double(tally.byteCount) / Double($0) },
                detail: IngestRun.detail(tally, of: byteCount, in: ContinuousClock.now - start))
        }
        var isAtEnd = false
        var failure: (any Error)?
        do { isAtEnd = try await file.run() } catch { failure = error }
        line.clear()
        let tally = file.tally
        total.add(tally)
        Terminal.say(tally.refusalLines(input.name))
        if let failure { fail(failure) }
        if failure == nil || tally.entryCount > 0 { say(tally.summary(input.name, in: ContinuousClock.now - start)) }
        if !isAtEnd {
            isComplete = false
            if !input.isSeekable { isCutPipe = true }
        }
        // Where nothing was stored there is nothing to go on from.
        if failure != nil, tally.entryCount > 0, input.isSeekable { sayHowToGoOn() }
    }

    private func sayHowToGoOn() {
        let how =
            if options.isAgain {
                "the same command stores all of it once more, from the beginning"
            } else if isCutPipe {
                "what comes through a pipe is not known again: go on with what follows"
            } else {
                "the same command goes on where it stopped"
            }
        Terminal.say("not all is stored; \(how)\n")
    }

    /// `1,234,567 entries  181,000/s  12 s left`.
    private static func detail(_ tally: IngestTally, of byteCount: Int64?, in duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        guard seconds > 0 else { return "" }
        var detail =
            Humane.count(tally.entryCount, "entry", "entries")
            + "  \(Humane.count(Int(Double(tally.entryCount) / seconds)))/s"
        if tally.refusedCount > 0 { detail += "  \(Humane.count(tally.refusedCount)) refused" }
        if let byteCount, tally.byteCount > 0, seconds > 1 {
            let left = seconds / Double(tally.byteCount) * Double(byteCount - tally.byteCount)
            detail += "  \(Humane.wholeSeconds(Int(max(0, left.rounded(.up))))) left"
        }
        return detail
    }

    private mutating func fail(_ error: any Error) {
        isComplete = false
        let failure = error as? CommandFailure ?? CommandFailure("\(error)")
        failure.say()
        // What is wrong with the store is wrong for the other inputs too.
        if failure.kind != .input { isHopeless = true }
    }

    private func say(_ text: String) {
        let output = Output()
        try? output.write(text + "\n")
        try? output.flush()
    }
}
