import LogModel

/// A stream of log lines like those of a robot fleet, in the order in which a server would receive them: runs of one
/// device's entries, the devices interleaved, the times evenly spread and never going back.
struct Corpus {
    let options: CorpusOptions
    /// The index of the next entry.
    private(set) var index = 0

    private var random: SeededGenerator
    private var devices: [SimulatedDevice]
    private var device = 0
    private var runLeft = 0
    private var requestLeft = 0
    private var request: UInt64 = 0
    private let planted: Set<Int>

    private static let cameras = [
        "front_camera", "rear_camera", "wrist_camera", "left_camera", "right_camera", "gate_camera",
    ]
    .map { Array($0.utf8) }
    private static let threads = ["main", "worker-thread-1", "worker-thread-2", "worker-thread-3", "worker-thread-4"]
        .map { Array($0.utf8) }
    private static let modules = ModuleVocabulary.all.map { (Array($0.name.utf8), $0.loggers.map { Array($0.utf8) }) }

    init(_ options: CorpusOptions) {
        self.options = options
        var random = SeededGenerator(seed: options.seed)
        devices = (0..<CorpusOptions.deviceCount).map {
            SimulatedDevice(index: $0, moduleCount: ModuleVocabulary.all.count, using: &random)
        }
        self.random = random
        planted = options.plantedIndexes
    }

    /// Appends the next entries, one JSON line each, at most `count` of them.
    ///
    /// - Returns: How many were appended; 0 at the end of the corpus.
    mutating func appendLines(_ count: Int, to output: inout [UInt8]) -> Int {
        let appended = min(count, options.entryCount - index)
        for _ in 0..<appended { appendLine(to: &output) }
        return appended
    }

    private mutating func appendLine(to output: inout [UInt8]) {
        if runLeft == 0 {
            device = random.below(devices.count)
            runLeft = random.below(4) > 0 ? CorpusOptions.runLengthMax : random.between(1...CorpusOptions.runLengthMax)
        }
        runLeft -= 1
        let time = nextTime()
        devices[device].enterSession(at: time)
        let module = random.below(Corpus.modules.count)
        let loggers = Corpus.modules[module].1
        let level = nextLevel()

        output.append(contentsOf: "{\"timestamp_us\":".utf8)
        output.append(decimal: Int(time))
        output.append(contentsOf: ",\"device\":\"".utf8)
        output.append(contentsOf: devices[device].name)
        output.append(contentsOf: "\",\"session_id\":\"".utf8)
        output.append(contentsOf: devices[device].session)
        output.append(contentsOf: "\",\"module_name\":\"".utf8)
        output.append(contentsOf: Corpus.modules[module].0)
        output.append(contentsOf: "\",\"logger_name\":\"".utf8)
        output.append(contentsOf: loggers[random.below(loggers.count)])
        output.append(contentsOf: "\",\"process_id\":\"".utf8)
        output.append(contentsOf: devices[device].processes[module])
        output.append(contentsOf: "\",\"thread_id\":\"".utf8)
        output.append(contentsOf: Corpus.threads[random.below(Corpus.threads.count)])
        output.append(contentsOf: "\",\"level\":\"".utf8)
        output.append(contentsOf: level.name.utf8)
        output.append(contentsOf: "\",\"message\":\"".utf8)
        appendMessage(module: module, level: level, to: &output)
        output.append(contentsOf: "\",\"context\":{\"camera_id\":\"".utf8)
        output.append(contentsOf: Corpus.cameras[random.below(Corpus.cameras.count)])
        output.append(contentsOf: "\",\"retry_count\":\"".utf8)
        output.append(decimal: random.below(3) > 0 ? 0 : random.below(10))
        output.append(contentsOf: "\",\"request_id\":\"".utf8)
        output.append(hexDigits: 16, of: nextRequest())
        output.append(contentsOf: "\"}}\n".utf8)
        index += 1
    }

    private mutating func appendMessage(module: Int, level: Level, to output: inout [UInt8]) {
        let templates = ModuleVocabulary.all[module].templates(level)
        templates[random.below(templates.count)].append(to: &output, using: &random)
        if index % CorpusOptions.phrasePeriod == options.phraseIndex {
            output.append(contentsOf: ", \(CorpusOptions.phrase)".utf8)
        }
        if planted.contains(index) { output.append(contentsOf: ", \(CorpusOptions.plantedWord)".utf8) }
    }

    /// The start of the entry's share of the week, and a random part of that share.
    private mutating func nextTime() -> Int64 {
        let start = options.end.microseconds - CorpusOptions.duration
        let (from, to) = (share(index), share(index + 1))
        return start + from + Int64(random.below(max(1, Int(to - from))))
    }

    private func share(_ index: Int) -> Int64 {
        let (high, low) = CorpusOptions.duration.multipliedFullWidth(by: Int64(index))
        return Int64(options.entryCount).dividingFullWidth((high, low)).quotient
    }

    private mutating func nextLevel() -> Level {
        switch random.below(1_000) {
        case ..<5: .fatal
        case ..<60: .error
        case ..<180: .warn
        case ..<380: .debug
        default: .info
        }
    }

    private mutating func nextRequest() -> UInt64 {
        if requestLeft == 0 {
            request = random.next()
            requestLeft = options.requestShare
        }
        requestLeft -= 1
        return request
    }
}
