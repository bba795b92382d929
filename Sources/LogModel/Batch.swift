/// Log entries as columns: what a decoder builds, what travels from the agent, what the engine commits, and what a scan
/// answers with.
///
/// Identifiers (device, session, module, logger, process, thread) and the keys of the context are numbers into one table
/// of strings, so that whoever takes the batch translates each distinct string once, not once an entry.
public struct Batch: Sendable {
    public var strings: StringTable
    /// Microseconds since the epoch. Never `Int64.max`, which the half-open `TimeRange` could not reach.
    public var times: [Int64] = []
    /// `Level` raw values.
    public var levels: [UInt8] = []
    public var devices: [UInt32] = []
    public var sessions: [UInt32] = []
    public var modules: [UInt32] = []
    public var loggers: [UInt32] = []
    public var processes: [UInt32] = []
    public var threads: [UInt32] = []
    public var messages = ByteColumn()
    /// Where each entry's attributes end in `contextKeys` and `contextValues`.
    public var contextEnds: [UInt32] = []
    public var contextKeys: [UInt32] = []
    public var contextValues = ByteColumn()

    public init() { strings = StringTable() }

    @inlinable public var count: Int { times.count }
    @inlinable public var isEmpty: Bool { times.isEmpty }

    /// Bytes of text and numbers that the entries hold, an estimate of what they cost in memory as columns.
    public var byteCount: Int {
        messages.bytes.count + contextValues.bytes.count + strings.bytes.count + contextKeys.count * 8 + count * 45
    }

    /// The attributes of entry `index`, as positions in `contextKeys` and `contextValues`.
    @inlinable public func contextRange(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : Int(contextEnds[index - 1]))..<Int(contextEnds[index])
    }

    /// Appends one entry given as a value. For tests and tools; decoders fill the columns themselves.
    public mutating func append(_ entry: Entry) {
        times.append(entry.time.microseconds)
        levels.append(entry.level.rawValue)
        devices.append(strings.intern(entry.device))
        sessions.append(strings.intern(entry.session))
        modules.append(strings.intern(entry.module))
        loggers.append(strings.intern(entry.logger))
        processes.append(strings.intern(entry.process))
        threads.append(strings.intern(entry.thread))
        var message = entry.message
        message.withUTF8 { messages.append(UnsafeRawBufferPointer($0)) }
        for attribute in entry.context {
            contextKeys.append(strings.intern(attribute.key))
            var value = attribute.value
            value.withUTF8 { contextValues.append(UnsafeRawBufferPointer($0)) }
        }
        contextEnds.append(UInt32(contextKeys.count))
    }

    public init(_ entries: some Sequence<Entry>) {
        self.init()
        for entry in entries { append(entry) }
    }

    /// Entry `index` as a value; bytes that are not UTF-8 become U+FFFD.
    public subscript(_ index: Int) -> Entry {
        Entry(
            time: Timestamp(microseconds: times[index]),
            level: Level(rawValue: levels[index]) ?? .info,
            device: strings.text(Int(devices[index])),
            session: strings.text(Int(sessions[index])),
            module: strings.text(Int(modules[index])),
            logger: strings.text(Int(loggers[index])),
            process: strings.text(Int(processes[index])),
            thread: strings.text(Int(threads[index])),
            message: messages.text(index),
            context: contextRange(index).map {
                Entry.Attribute(strings.text(Int(contextKeys[$0])), contextValues.text($0))
            })
    }

    /// Copies entry `index` of `other` to the end, its strings translated.
    public mutating func append(_ index: Int, of other: Batch) {
        times.append(other.times[index])
        levels.append(other.levels[index])
        devices.append(translate(other.devices[index], other))
        sessions.append(translate(other.sessions[index], other))
        modules.append(translate(other.modules[index], other))
        loggers.append(translate(other.loggers[index], other))
        processes.append(translate(other.processes[index], other))
        threads.append(translate(other.threads[index], other))
        other.messages.withBytes(index) { messages.append($0) }
        for attribute in other.contextRange(index) {
            contextKeys.append(translate(other.contextKeys[attribute], other))
            other.contextValues.withBytes(attribute) { contextValues.append($0) }
        }
        contextEnds.append(UInt32(contextKeys.count))
    }

    private mutating func translate(_ string: UInt32, _ other: Batch) -> UInt32 {
        other.strings.withBytes(Int(string)) { strings.intern($0) }
    }

    /// Removes the entries from number `count` on, also one that is not whole: every column is cut.
    public mutating func truncate(to count: Int) {
        times.removeLast(times.count - min(times.count, count))
        levels.removeLast(levels.count - min(levels.count, count))
        devices.removeLast(devices.count - min(devices.count, count))
        sessions.removeLast(sessions.count - min(sessions.count, count))
        modules.removeLast(modules.count - min(modules.count, count))
        loggers.removeLast(loggers.count - min(loggers.count, count))
        processes.removeLast(processes.count - min(processes.count, count))
        threads.removeLast(threads.count - min(threads.count, count))
        messages.truncate(to: count)
        contextEnds.removeLast(contextEnds.count - min(contextEnds.count, count))
        let attributeCount = Int(contextEnds.last ?? 0)
        contextKeys.removeLast(contextKeys.count - attributeCount)
        contextValues.truncate(to: attributeCount)
    }
}

extension ByteColumn {
    mutating func truncate(to count: Int) {
        guard count < ends.count else { return }
        ends.removeLast(ends.count - count)
        bytes.removeLast(bytes.count - Int(ends.last ?? 0))
    }
}
