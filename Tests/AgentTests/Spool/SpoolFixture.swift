import LogModel

@testable import Agent

/// A spool's directory, and entries for it.
struct SpoolFixture {
    let directory: TemporaryDirectory
    var settings = AgentConfiguration.SpoolSettings()

    init() throws {
        directory = try TemporaryDirectory()
        settings.path = directory.path
        settings.fsyncInterval = .zero
    }

    var entriesPath: String { directory.path + "/entries" }
    var batchesPath: String { directory.path + "/batches" }

    func entryLog(
        _ progress: SpoolProgress = .start, acknowledged: SpoolProgress = .start, waiting: [SpoolProgress] = []
    ) throws -> EntryLog {
        try EntryLog(
            directory: entriesPath, quarantineDirectory: directory.path + "/quarantine", settings: settings,
            progress: progress, acknowledged: acknowledged, waiting: waiting,
            note: { SpoolNoteEntry.make($0, device: "d", session: nil, now: Timestamp(microseconds: 0)) })
    }

    func spool(
        batchSize: Int = 10, interval: Duration = .zero, bufferSize: Int = 1_000, isUploading: Bool = true,
        clocks: @escaping @Sendable () -> DeviceClocks = DeviceClocks.now
    ) throws -> Spool {
        var upload = AgentConfiguration.LogUpload()
        upload.batchSize = batchSize
        upload.batchInterval = interval
        upload.bufferSize = bufferSize
        return try Spool(
            Spool.Settings(
                spool: settings, upload: upload, server: "", device: "d", session: { "s" }, isUploading: isUploading,
                clocks: clocks))
    }

    static func entry(_ number: Int, level: Level = .info, padding: Int = 0) -> Entry {
        Entry(
            time: Timestamp(microseconds: Int64(number)), level: level, device: "d", session: "s",
            module: "m\(number % 3)", logger: "l", process: "1", thread: "t",
            message: "message \(number)" + String(repeating: ".", count: padding),
            context: number % 2 == 0 ? [] : [Entry.Attribute("k", "\(number)"), Entry.Attribute("e", "")])
    }

    static func batch(_ numbers: some Sequence<Int>, level: Level = .info) -> Batch {
        Batch(numbers.map { entry($0, level: level) })
    }
}

extension EntryLog {
    /// Everything that is unread, in order, read in steps of `step` entries.
    func readAll(step: Int = 7) throws -> [Entry] {
        var entries: [Entry] = []
        while true {
            let reading = try read(countMax: step, byteCountMax: 1 << 20)
            advance(past: reading)
            if reading.batch.isEmpty { return entries }
            entries += (0..<reading.batch.count).map { reading.batch[$0] }
        }
    }
}

extension [Entry] {
    /// Without what the agent tells of itself.
    var logged: [Entry] { filter { $0.module != "logdb-agent" } }
    var messages: [String] { map(\.message) }
}
