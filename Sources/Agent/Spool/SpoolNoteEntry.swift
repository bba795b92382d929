import LogModel

/// What the agent tells of itself in the stream, so that a gap shows where the entries would be.
enum SpoolNoteEntry {
    private static let module = "logdb-agent"
    private static let logger = "spool"

    static func make(_ note: SpoolNote, device: String, session: String?, now: Timestamp) -> Entry {
        var entry = Entry(
            time: now, level: .warn, device: device, session: session ?? "", module: module, logger: logger, message: ""
        )
        switch note {
        case .dropped(let levels, let reason):
            entry.message = "dropped \(levels.total) entries: \(explanation(reason))"
            entry.context = [Entry.Attribute("dropped", "\(levels.total)")]
            for level in Level.allCases where levels[level] > 0 {
                entry.context.append(Entry.Attribute("dropped_\(level.name.lowercased())", "\(levels[level])"))
            }
            entry.context.append(Entry.Attribute("reason", reason.rawValue))
        case .damaged(let byteCount, let path):
            entry.level = .error
            entry.message = "\(byteCount) bytes of the spool cannot be read; entries may be missing here"
            entry.context = [
                Entry.Attribute("damaged_bytes", "\(byteCount)"), Entry.Attribute("path", path),
                Entry.Attribute("reason", "spool_damaged"),
            ]
        case .cut(let byteCount):
            entry.message =
                "a crash left \(byteCount) bytes of the spool incomplete; the last entries may be missing here"
            entry.context = [
                Entry.Attribute("cut_bytes", "\(byteCount)"), Entry.Attribute("reason", "spool_cut"),
            ]
        }
        return entry
    }

    private static func explanation(_ reason: DropReason) -> String {
        switch reason {
        case .ringFull: "they came faster than the spool took them"
        case .spoolFull: "the spool was full"
        }
    }

    /// What the entry tells was dropped; nil for any other entry. A note that is dropped itself is told again by the next,
    /// so that no number gets lost.
    static func told(_ batch: Batch, _ index: Int) -> LevelCounts? {
        guard equals(batch.strings, batch.modules[index], module), equals(batch.strings, batch.loggers[index], logger)
        else { return nil }
        var told = LevelCounts()
        for attribute in batch.contextRange(index) {
            let key = batch.strings.text(Int(batch.contextKeys[attribute]))
            guard key.hasPrefix("dropped_"), let level = Level(name: key.dropFirst("dropped_".count)) else { continue }
            told[level] += Int(batch.contextValues.text(attribute)) ?? 0
        }
        return told.isEmpty ? nil : told
    }

    private static func equals(_ strings: StringTable, _ code: UInt32, _ text: String) -> Bool {
        strings.withBytes(Int(code)) { $0.elementsEqual(text.utf8) }
    }
}
