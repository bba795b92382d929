import LogModel

/// An hour in which a device works.
struct PlannedSession: Sendable {
    /// Its place among all sessions of the corpus.
    var number: Int
    var device: Int
    /// In microseconds since the epoch.
    var start: Int64
    var entryCount: Int

    static let duration = 60 * 60 * Timestamp.microsecondsPerSecond

    /// Microseconds from one entry to the next, on average.
    var step: Int64 { PlannedSession.duration / Int64(max(1, entryCount)) }

    var name: String {
        let civil = CivilTime(Timestamp(microseconds: start))
        var name = Array("mission_".utf8)
        name.append(decimal: Int(civil.year), width: 4)
        name.append(decimal: civil.month, width: 2)
        name.append(decimal: civil.day, width: 2)
        name.append(UInt8(ascii: "_"))
        name.append(decimal: civil.hour, width: 2)
        name.append(decimal: civil.minute, width: 2)
        name.append(UInt8(ascii: "_"))
        name.append(decimal: device + 1, width: 4)
        return String(decoding: name, as: UTF8.self)
    }

    /// The `request_id` of the session's first entry.
    func firstRequest(_ options: CorpusOptions) -> UInt64 {
        var random = SeededGenerator(seed: options.seed ^ (UInt64(number) + 1) &* 0x9e37_79b9)
        return random.next()
    }
}

/// Which sessions a corpus has.
struct SessionPlan: Sendable {
    /// By device, in the order of time; no two of a device overlap.
    var sessions: [[PlannedSession]]

    var all: [PlannedSession] { sessions.flatMap(\.self) }

    static func deviceName(_ device: Int) -> String {
        var name = Array("\(["Drone", "Robot", "Camera", "Sensor"][device % 4])-".utf8)
        name.append(decimal: device + 1, width: 4)
        return String(decoding: name, as: UTF8.self)
    }

    /// Shares the entries out: about 1,773 to a session as long as the week has room, fewer in a small corpus, so that
    /// it has many devices too.
    init(_ options: CorpusOptions, using random: inout SeededGenerator) {
        let deviceCount = CorpusOptions.deviceCount
        // The last hour is left free for the sessions' minutes.
        let slotCount = Int(CorpusOptions.duration / PlannedSession.duration) - 1
        let sessionCount = min(
            max(options.entryCount * 2_820 / 5_000_000, min(deviceCount, max(1, options.entryCount / 100))),
            deviceCount * slotCount)
        var sessions: [[PlannedSession]] = []
        for device in 0..<deviceCount {
            let count = sessionCount / deviceCount + (device < sessionCount % deviceCount ? 1 : 0)
            let phase = Int64(random.below(3_600)) * Timestamp.microsecondsPerSecond
            var slots = Array(0..<slotCount)
            for index in 0..<count { slots.swapAt(index, random.between(index...slotCount - 1)) }
            sessions.append(
                slots[..<count].sorted().map { slot in
                    PlannedSession(
                        number: 0, device: device,
                        start: options.start.microseconds + Int64(slot) * PlannedSession.duration + phase,
                        entryCount: 0)
                })
        }
        self.sessions = sessions
        shareOut(options.entryCount, over: sessionCount, using: &random)
    }

    /// Gives each session from half to one and a half times the mean, all entries in total.
    private mutating func shareOut(_ entryCount: Int, over sessionCount: Int, using random: inout SeededGenerator) {
        let weights = (0..<sessionCount).map { _ in random.between(500...1_500) }
        let total = weights.reduce(0, +)
        var number = 0
        var weight = 0
        for device in sessions.indices {
            for index in sessions[device].indices {
                let before = entryCount * weight / total
                weight += weights[number]
                sessions[device][index].number = number
                sessions[device][index].entryCount = entryCount * weight / total - before
                number += 1
            }
        }
    }
}
