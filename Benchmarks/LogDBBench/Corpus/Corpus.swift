import LogModel

/// A stream of log lines like those of a robot fleet, in the order in which a server would receive them: runs of one
/// device's entries, the devices interleaved, each device's times never going back.
struct Corpus {
    let options: CorpusOptions
    let plan: SessionPlan
    /// The index of the next entry.
    private(set) var index = 0

    private var random: SeededGenerator
    private var devices: [SimulatedDevice]
    private var device = 0
    private var runLeft = 0
    private let planted: Set<Int>
    private let modules = ModuleVocabulary.all
    /// A module for each hundredth of what is said, by the modules' weights.
    private let moduleChoices: [Int]

    init(_ options: CorpusOptions) {
        self.options = options
        var random = SeededGenerator(seed: options.seed)
        let plan = SessionPlan(options, using: &random)
        devices = plan.sessions.indices.map {
            SimulatedDevice($0, sessions: plan.sessions[$0], options, using: &random)
        }
        self.plan = plan
        self.random = random
        planted = options.plantedIndexes
        moduleChoices = modules.indices.flatMap { [Int](repeating: $0, count: ModuleVocabulary.all[$0].weight) }
    }

    /// Appends the next entries, one JSON line each, at most `count` of them.
    ///
    /// - Returns: How many were appended; 0 at the end of the corpus.
    mutating func appendLines(_ count: Int, to output: inout [UInt8]) -> Int {
        var appended = 0
        while appended < count, appendLine(to: &output) != nil { appended += 1 }
        return appended
    }

    /// Appends the next entry as a JSON line; nil at the end of the corpus.
    mutating func appendLine(to output: inout [UInt8]) -> CorpusEntry? {
        guard index < options.entryCount else { return nil }
        if runLeft == 0 { startRun() }
        runLeft -= 1
        let session = devices[device].session?.number ?? 0
        let time = devices[device].advance(using: &random)
        let module = moduleChoices[random.below(moduleChoices.count)]
        let level = nextLevel()
        let template = nextTemplate(module, level)

        output.append("{\"timestamp_us\":")
        output.append(decimal: Int(time))
        output.append(",\"device\":\"")
        output.append(contentsOf: devices[device].name)
        output.append("\",\"session_id\":\"")
        output.append(contentsOf: devices[device].sessionName)
        output.append("\",\"module_name\":\"")
        output.append(contentsOf: modules[module].name)
        output.append("\",\"logger_name\":\"")
        output.append(contentsOf: template.logger)
        output.append("\",\"process_id\":\"")
        output.append(contentsOf: devices[device].processes[module])
        output.append("\",\"thread_id\":\"")
        output.append(contentsOf: devices[device].threads[module])
        output.append("\",\"level\":\"")
        output.append(contentsOf: level.name.utf8)
        output.append("\",\"message\":\"")
        let messageStart = output.count
        template.message.append(to: &output, using: &random)
        if options.hasPhrase(index) { output.append(contentsOf: ", \(CorpusOptions.phrase)".utf8) }
        if planted.contains(index) { output.append(contentsOf: ", \(CorpusOptions.plantedWord)".utf8) }
        let message = messageStart..<output.count
        let request = devices[device].request
        output.append("\",\"context\":{\"camera_id\":\"")
        output.append(contentsOf: request.camera)
        output.append("\",\"retry_count\":\"")
        output.append(decimal: request.retryCount)
        output.append("\",\"request_id\":\"")
        output.append(hexDigits: 16, of: request.id)
        output.append("\"}}\n")

        defer {
            devices[device].finishEntry(options, using: &random)
            index += 1
        }
        return CorpusEntry(
            time: time, device: device, session: session, module: module, level: level, request: request.id,
            message: message)
    }

    /// The device whose next entry is the oldest goes on, for a run within its session.
    private mutating func startRun() {
        var oldest = Int64.max
        for index in devices.indices {
            if let time = devices[index].nextTime, time < oldest { (oldest, device) = (time, index) }
        }
        runLeft = min(devices[device].entriesLeft, random.between(CorpusOptions.runLengthRange))
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

    /// One entry in six is a library's, whatever the module and the level. Of a list the first are said most: the
    /// share of the first n of N is the square root of n/N.
    private mutating func nextTemplate(_ module: Int, _ level: Level) -> LoggedTemplate {
        let templates =
            random.below(6) == 0 ? ModuleVocabulary.shared.templates : modules[module].templates(level)
        let share = random.below(1 << 16)
        return templates[(templates.count * ((share * share) >> 16)) >> 16]
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
