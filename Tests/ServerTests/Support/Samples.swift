import LogModel

/// A moment of the day that the tests' entries are from: 2025-01-03T14:00:00Z and so many seconds.
func at(_ seconds: Double) -> Timestamp {
    Timestamp(microseconds: 1_735_912_800_000_000 + Int64(seconds * 1_000_000))
}

func entry(
    _ message: String, at seconds: Double = 0, _ level: Level = .info, device: String = "Robot-1",
    session: String = "s1", module: String = "nav", context: [Entry.Attribute] = []
) -> Entry {
    Entry(
        time: at(seconds), level: level, device: device, session: session, module: module, logger: "main",
        process: "7", thread: "1", message: message, context: context)
}

/// A line of NDJSON with a message and a device.
func line(_ message: String, device: String = "Robot-1") -> String {
    #"{"device":"\#(device)","message":"\#(message)","timestamp":"2025-01-03T14:00:00Z"}"# + "\n"
}

/// Small numbers that only depend on the seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
