import LogModel

/// One robot of the corpus while it works through its sessions.
struct SimulatedDevice: Sendable {
    let name: [UInt8]
    /// What is left of the plan, the next last.
    private var sessions: [PlannedSession]
    /// The session that the next entry belongs to; nil when the device has said everything.
    private(set) var session: PlannedSession?
    private(set) var sessionName: [UInt8] = []
    /// One process and one thread a module, as long as the session lasts.
    private(set) var processes: [[UInt8]] = []
    private(set) var threads: [[UInt8]] = []
    private(set) var request = Request()
    /// How many entries the session had so far.
    private var position = 0

    /// What a few consecutive entries of a device have in common.
    struct Request: Sendable {
        var id: UInt64 = 0
        var camera: [UInt8] = []
        var retryCount = 0
        var entriesLeft = 0
    }

    private static let threadNames = (["main", "io"] + (1...6).map { "worker-thread-\($0)" }).map { Array($0.utf8) }
    private static let cameras = [
        "front_camera", "rear_camera", "wrist_camera", "left_camera", "right_camera", "gate_camera",
    ]
    .map { Array($0.utf8) }

    init(_ device: Int, sessions: [PlannedSession], _ options: CorpusOptions, using random: inout SeededGenerator) {
        name = Array(SessionPlan.deviceName(device).utf8)
        self.sessions = sessions.reversed()
        enterNextSession(options, using: &random)
    }

    /// When the device's next run begins, in microseconds since the epoch; nil when it has none.
    var nextTime: Int64? { session.map { $0.start + Int64(position) * $0.step } }

    /// Entries that the session still has.
    var entriesLeft: Int { session.map { $0.entryCount - position } ?? 0 }

    /// The moment of the next entry, a random one in its share of the hour; the request goes on or a new one begins.
    mutating func advance(using random: inout SeededGenerator) -> Int64 {
        guard let session else { preconditionFailure("the device has no session") }
        if request.entriesLeft == 0 { startRequest(random.next(), using: &random) }
        request.entriesLeft -= 1
        let time = session.start + Int64(position) * session.step + Int64(random.below(Int(session.step)))
        position += 1
        return time
    }

    /// Goes on to the next session when this one is over.
    mutating func finishEntry(_ options: CorpusOptions, using random: inout SeededGenerator) {
        if entriesLeft == 0 { enterNextSession(options, using: &random) }
    }

    private mutating func enterNextSession(_ options: CorpusOptions, using random: inout SeededGenerator) {
        repeat { session = sessions.popLast() } while session?.entryCount == 0
        guard let session else { return }
        position = 0
        sessionName = Array(session.name.utf8)
        processes = ModuleVocabulary.all.map { _ in Array(String(random.between(300...32_000)).utf8) }
        threads = ModuleVocabulary.all.map { _ in
            SimulatedDevice.threadNames[random.below(SimulatedDevice.threadNames.count)]
        }
        startRequest(session.firstRequest(options), using: &random)
    }

    /// Requests have one to seven entries; most succeed at the first try.
    private mutating func startRequest(_ id: UInt64, using random: inout SeededGenerator) {
        request.id = id
        request.camera = SimulatedDevice.cameras[random.below(SimulatedDevice.cameras.count)]
        request.retryCount = random.below(10) < 7 ? 0 : random.below(10)
        request.entriesLeft = random.between(1...7)
    }
}
