import LogModel

/// One robot of the corpus: its name, its processes, and the session it is in.
struct SimulatedDevice: Sendable {
    let name: [UInt8]
    /// One process a module.
    let processes: [[UInt8]]
    /// The session that `enterSession` last found.
    private(set) var session: [UInt8] = []
    private var sessionEnd = Int64.min
    private let sessionDuration: Int64
    private let phase: Int64

    init(index: Int, moduleCount: Int, using random: inout SeededGenerator) {
        let kinds = ["Drone", "Robot", "Camera", "Sensor"]
        var name = Array("\(kinds[index % kinds.count])-".utf8)
        name.append(decimal: index + 1, width: 4)
        self.name = name
        processes = (0..<moduleCount).map { _ in Array(String(random.between(300...32_000)).utf8) }
        sessionDuration = Int64(random.between(50...70)) * 60 * Timestamp.microsecondsPerSecond
        phase = Int64(random.below(3_600)) * Timestamp.microsecondsPerSecond
    }

    /// Makes `session` the one that runs at `time`. Times must not go back.
    mutating func enterSession(at time: Int64) {
        guard time >= sessionEnd else { return }
        let start = (time - phase) / sessionDuration * sessionDuration + phase
        sessionEnd = start + sessionDuration
        let civil = CivilTime(Timestamp(microseconds: start))
        session.removeAll(keepingCapacity: true)
        session.append(contentsOf: "mission_".utf8)
        session.append(decimal: Int(civil.year), width: 4)
        session.append(decimal: civil.month, width: 2)
        session.append(decimal: civil.day, width: 2)
        session.append(UInt8(ascii: "_"))
        session.append(decimal: civil.hour, width: 2)
        session.append(decimal: civil.minute, width: 2)
        session.append(UInt8(ascii: "_"))
        session.append(contentsOf: name.suffix(4))
    }
}
