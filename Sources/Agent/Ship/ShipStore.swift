import LogModel

/// The state directory of one (server, device), a step at a time. Whatever step the process dies after, opening the
/// directory again goes on without a lost or a doubled entry:
///
/// 1. `spool`: a batch and the position after it, in one file, on disk before the batch is first sent;
/// 2. the batch is sent, as often as it takes, always those same bytes under the same sequence;
/// 3. `setAside`, where the server refuses it for good: a copy in the quarantine, on disk;
/// 4. `acknowledge`: the record takes over the batch's sequence and position, on disk;
/// 5. `removeSpooled`: the file goes. One that stays is removed on opening, being acknowledged.
///
///     <base>/rejected.ndjson            lines that are no entries
///     <base>/quarantine/                batches that the server refused, with its reasons
///     <base>/<device>-<hash>/lock
///     <base>/<device>-<hash>/record.json
///     <base>/<device>-<hash>/spool/<sequence>.batch
///
/// Belongs to one task at a time; every call may wait for the disk.
final class ShipStore {
    let directory: String
    private let base: String
    private let name: String
    private var lock: FileLock?
    private(set) var record: ShipRecord
    /// Spooled and not acknowledged, in order, each with all that becomes read when it is acknowledged.
    private(set) var spooled: [(batch: UploadBatch, positions: [FilePosition])] = []
    /// The highest sequence that has been used.
    private var lastSequence: UInt64

    /// Opens the directory, or begins it.
    ///
    /// - Parameter base: Where the directories of all servers and devices are.
    /// - Throws: `.locked`, `.corruption`, `.formatTooNew` or `.io`.
    init(base: String, server: String, device: String) throws(AgentError) {
        let name = ShipStore.directoryName(server: server, device: device)
        let directory = base + "/" + name
        try Files.makeDirectory(directory + "/spool")
        let lock = try FileLock(
            directory + "/lock",
            refusal:
                "another logdb-agent ships from \(directory); wait for it to end, or give --state another directory")
        let record = try ShipStore.openRecord(directory, server: server, device: device)
        try ShipStore.removeDrafts(in: directory)
        try ShipStore.removeDrafts(in: directory + "/spool")
        let waiting = try ShipStore.readSpool(directory + "/spool", after: record.acknowledgedSequence)
        self.base = base
        self.name = name
        self.directory = directory
        self.lock = consume lock
        self.record = record
        lastSequence = waiting.last?.sequence ?? record.acknowledgedSequence
        spooled = waiting.map { header in
            (UploadBatch(sequence: header.sequence, entryCount: header.entryCount), [header.position])
        }
    }

    /// Lets another ship have the directory, now and not when the last task that knows this store is done with it. No
    /// other call may follow.
    func end() { lock = nil }

    /// How far the file is in batches, acknowledged or not; nil for one that was never read.
    func position(of key: FilePosition.Key) -> FilePosition? {
        for entry in spooled.reversed() {
            if let position = entry.positions.last(where: { $0.key == key }) { return position }
        }
        return record.files.first { $0.key == key }
    }

    /// Step 1.
    ///
    /// - Parameter position: The file after the batch's last line.
    func spool(_ frame: [UInt8], entryCount: Int, position: FilePosition) throws(AgentError) -> UploadBatch {
        let sequence = lastSequence + 1
        let header = SpooledBatch.Header(sequence: sequence, entryCount: entryCount, position: position)
        try Files.replace(spoolPath(sequence), with: SpooledBatch(header: header, frame: frame).encoded())
        lastSequence = sequence
        let batch = UploadBatch(sequence: sequence, entryCount: entryCount)
        spooled.append((batch, [position]))
        return batch
    }

    /// Records that the file was read to `position` without an entry: at once where no batch is waiting, else together
    /// with the last that is.
    func skip(to position: FilePosition) throws(AgentError) {
        guard spooled.isEmpty else {
            spooled[spooled.count - 1].positions.append(position)
            return
        }
        var next = record
        next.set(position)
        try write(next)
    }

    /// The bytes to send.
    func frame(of batch: UploadBatch) throws(AgentError) -> [UInt8] {
        let path = spoolPath(batch.sequence)
        return try SpooledBatch(decoding: try Files.read(path), path: path).frame
    }

    /// Step 3. Also where the server took the batch but not all of its entries.
    ///
    /// - Returns: The path of the copy; its reason stands beside it in a `.json` file.
    func setAside(_ batch: UploadBatch, status: Int, reason: String) throws(AgentError) -> String {
        let path = "\(base)/quarantine/\(name)-\(record.boot)-\(ShipStore.spoolName(batch.sequence))"
        try Files.makeDirectory(Files.directory(of: path))
        let frame = try frame(of: batch)
        let note = QuarantineNote(
            server: record.server, device: record.device, boot: record.boot, sequence: batch.sequence,
            entryCount: batch.entryCount, status: status, reason: reason)
        try Files.replace(path + ".json", with: JSONText.encode(note) + [0x0a])
        try Files.replace(path, with: frame)
        return path
    }

    /// Step 4. Batches are acknowledged in order.
    func acknowledge(_ batch: UploadBatch) throws(AgentError) {
        precondition(spooled.first?.batch == batch, "batches are acknowledged in order")
        var next = record
        next.acknowledgedSequence = batch.sequence
        for position in spooled[0].positions { next.set(position) }
        try write(next)
        spooled.removeFirst()
    }

    /// Step 5.
    func removeSpooled(_ batch: UploadBatch) throws(AgentError) {
        precondition(batch.sequence <= record.acknowledgedSequence, "only what is acknowledged may go")
        try Files.remove(spoolPath(batch.sequence))
    }

    /// Adds whole lines to the file of those that are no entries.
    func appendRejected(_ lines: [UInt8]) throws(AgentError) {
        try Files.append(lines, to: base + "/rejected.ndjson")
    }

    private func write(_ next: ShipRecord) throws(AgentError) {
        try Files.replace(directory + "/record.json", with: next.encoded())
        record = next
    }

    private func spoolPath(_ sequence: UInt64) -> String {
        directory + "/spool/" + ShipStore.spoolName(sequence)
    }

    private static func openRecord(
        _ directory: String, server: String, device: String
    ) throws(AgentError) -> ShipRecord {
        let path = directory + "/record.json"
        if Files.exists(path) { return try ShipRecord(decoding: try Files.read(path), path: path) }
        guard try Files.names(in: directory + "/spool").allSatisfy({ $0.hasSuffix(Files.draftSuffix) }) else {
            throw AgentError(
                .corruption, "\(path) is missing; give --state another directory to begin anew, which ships all again")
        }
        let record = ShipRecord(server: server, device: device)
        try Files.replace(path, with: record.encoded())
        return record
    }

    /// The batches after `acknowledged`, in order; those before are removed.
    private static func readSpool(
        _ directory: String, after acknowledged: UInt64
    ) throws(AgentError) -> [SpooledBatch.Header] {
        var waiting: [SpooledBatch.Header] = []
        for fileName in try Files.names(in: directory) {
            let path = directory + "/" + fileName
            guard let sequence = UInt64(fileName.prefix { $0 != "." }), fileName == spoolName(sequence) else {
                throw AgentError(.corruption, "\(path) does not belong there; move it away")
            }
            if sequence <= acknowledged {
                try Files.remove(path)
                continue
            }
            let header = try SpooledBatch(decoding: try Files.read(path), path: path).header
            guard sequence == (waiting.last?.sequence ?? acknowledged) + 1, header.sequence == sequence else {
                throw AgentError(
                    .corruption,
                    "the batch before \(path) is missing; give --state another directory to begin anew, which ships "
                        + "all again")
            }
            waiting.append(header)
        }
        return waiting
    }

    private static func removeDrafts(in directory: String) throws(AgentError) {
        for name in try Files.names(in: directory) where name.hasSuffix(Files.draftSuffix) {
            try Files.remove(directory + "/" + name)
        }
    }

    private static func spoolName(_ sequence: UInt64) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".batch"
    }

    /// The device as far as a file name can show it, and a hash that tells all apart.
    static func directoryName(server: String, device: String) -> String {
        let shown = device.utf8.prefix(40).map { byte -> UInt8 in
            let lower = byte | 0x20
            let isPlain = lower >= 0x61 && lower <= 0x7a || byte >= 0x30 && byte <= 0x39 || byte == 0x2d
            return isPlain ? byte : 0x5f
        }
        let hash = Array("\(server)\n\(device)".utf8).withUnsafeBytes { ByteHash.hash($0) }
        return String(decoding: shown, as: UTF8.self) + "-" + ShipRecord.hexadecimal(hash)
    }
}

/// Why a batch lies in the quarantine.
struct QuarantineNote: Codable, Sendable, Hashable {
    var version = 1
    var server: String
    var device: String
    var boot: String
    var sequence: UInt64
    var entryCount: Int
    var status: Int
    var reason: String
}
