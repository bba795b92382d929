/// Judges parsed entries and appends the good ones to a batch.
struct EntryBuilder {
    private(set) var batch = Batch()
    private let limits: EntryDecoder.Limits
    /// The time of entries without one.
    var receivedAt: Timestamp
    /// In the order of `EntryFieldName.identifiers`; nil where there is none.
    private let defaultTexts: [[UInt8]?]
    private let requiredDevice: [UInt8]?
    /// The number of each default in the batch's table of strings, once it was used.
    private var defaultCodes: [UInt32?]
    private var identifierCache = IdentifierCache()
    private var names = AttributeNames()

    init(defaults: EntryDecoder.Defaults, limits: EntryDecoder.Limits) {
        self.limits = limits
        receivedAt = defaults.receivedAt
        requiredDevice = defaults.requiredDevice.map { Array($0.utf8) }
        let device = defaults.requiredDevice ?? defaults.device
        defaultTexts = [
            device, defaults.session, defaults.module, defaults.logger, defaults.process, defaults.thread,
        ].map { text in text.map { Array($0.utf8) } }
        defaultCodes = [UInt32?](repeating: nil, count: defaultTexts.count)
    }

    /// Where the texts of a parsed entry are.
    struct Source {
        var bytes: UnsafePointer<UInt8>
        var scratch: UnsafeRawBufferPointer

        @inline(__always)
        func bytes(_ text: JSONText) -> UnsafeRawBufferPointer {
            text.isInScratch
                ? UnsafeRawBufferPointer(rebasing: scratch[text.range])
                : UnsafeRawBufferPointer(start: bytes + Int(text.offset), count: Int(text.count))
        }
    }

    /// Hands out what was built and starts a new batch.
    mutating func takeBatch() -> Batch {
        var taken = Batch()
        swap(&taken, &batch)
        for index in defaultCodes.indices { defaultCodes[index] = nil }
        identifierCache.forgetAll()
        names.forgetAll()
        return taken
    }

    /// Makes room for about `count` entries of `byteCount` bytes of source in all, if the batch is empty: growing each
    /// column step by step would cost as much as filling it.
    mutating func reserve(_ count: Int, byteCount: Int) {
        guard batch.isEmpty else { return }
        batch.times.reserveCapacity(count)
        batch.levels.reserveCapacity(count)
        batch.devices.reserveCapacity(count)
        batch.sessions.reserveCapacity(count)
        batch.modules.reserveCapacity(count)
        batch.loggers.reserveCapacity(count)
        batch.processes.reserveCapacity(count)
        batch.threads.reserveCapacity(count)
        batch.messages.ends.reserveCapacity(count)
        batch.messages.bytes.reserveCapacity(byteCount / 3)
        batch.contextEnds.reserveCapacity(count)
    }

    /// Appends the entry.
    ///
    /// - Returns: Why it was refused instead, or nil.
    mutating func append(_ entry: ParsedEntry, _ source: Source) -> EntryFailure? {
        if let failure = firstFailure(entry, source) { return failure }
        guard let time = time(entry, source) else {
            return EntryFailure(
                .invalidTime, at: Int(entry.fields.time.position),
                "expected RFC 3339, or an epoch number of 10, 13, 16 or 19 digits (s, ms, µs, ns)")
        }
        guard let level = level(entry, source) else {
            return EntryFailure(
                .invalidLevel, at: Int(entry.fields.level.position), "expected DEBUG, INFO, WARN, ERROR or FATAL")
        }
        batch.times.append(time.microseconds)
        batch.levels.append(level.rawValue)
        batch.devices.append(code(0, entry.fields.device, last: batch.devices.last, source))
        batch.sessions.append(code(1, entry.fields.session, last: batch.sessions.last, source))
        batch.modules.append(code(2, entry.fields.module, last: batch.modules.last, source))
        batch.loggers.append(code(3, entry.fields.logger, last: batch.loggers.last, source))
        batch.processes.append(code(4, entry.fields.process, last: batch.processes.last, source))
        batch.threads.append(code(5, entry.fields.thread, last: batch.threads.last, source))
        batch.messages.append(source.bytes(entry.fields.message.text))
        appendContext(entry, source)
        return nil
    }

    /// Appends a line that is no JSON, with the defaults.
    mutating func append(message: UnsafeRawBufferPointer, time: Timestamp?, level: Level) -> EntryFailure? {
        guard defaultTexts[0]?.isEmpty == false else {
            return EntryFailure(.missingDevice, at: 0, "expected a device to be given for these lines")
        }
        batch.times.append((time ?? receivedAt).microseconds)
        batch.levels.append(level.rawValue)
        batch.devices.append(defaultCode(0))
        batch.sessions.append(defaultCode(1))
        batch.modules.append(defaultCode(2))
        batch.loggers.append(defaultCode(3))
        batch.processes.append(defaultCode(4))
        batch.threads.append(defaultCode(5))
        batch.messages.append(message)
        batch.contextEnds.append(UInt32(batch.contextKeys.count))
        return nil
    }

    // MARK: Judging

    private func firstFailure(_ entry: ParsedEntry, _ source: Source) -> EntryFailure? {
        if entry.fields.context.kind != .absent {
            return EntryFailure(
                .invalidField, at: Int(entry.fields.context.position), "expected an object for `context`")
        }
        if entry.fields.hasStructure {
            for name in EntryFieldName.allCases where entry.fields[name].kind == .structure {
                return EntryFailure(.invalidField, at: Int(entry.fields[name].position), "expected text for `\(name)`")
            }
        }
        if entry.fields.longestIdentifier > limits.idByteCountMax {
            for name in EntryFieldName.identifiers where entry.fields[name].text.count > limits.idByteCountMax {
                return EntryFailure(
                    .fieldTooLong, at: Int(entry.fields[name].position),
                    "`\(name)` may have \(limits.idByteCountMax) bytes")
            }
        }
        if entry.fields.message.kind == .absent {
            return EntryFailure(.missingMessage, at: entry.position, "expected a `message` (it may be empty)")
        }
        let device = entry.fields.device
        if device.kind == .absent ? defaultTexts[0]?.isEmpty != false : device.text.count == 0 {
            return EntryFailure(.missingDevice, at: entry.position, "expected a `device`")
        }
        if let requiredDevice, device.kind != .absent,
            !requiredDevice.withUnsafeBytes({ RawBytes.areEqual($0, source.bytes(device.text)) })
        {
            return EntryFailure(
                .deviceMismatch, at: Int(device.position),
                "expected `\(String(decoding: requiredDevice, as: UTF8.self))`, the device that sends")
        }
        return nil
    }

    @inline(__always)
    private func time(_ entry: ParsedEntry, _ source: Source) -> Timestamp? {
        let value = entry.fields.time
        if value.kind == .absent { return receivedAt }
        return EntryTime.read(source.bytes(value.text), isInMicroseconds: entry.isTimeInMicroseconds)
    }

    @inline(__always)
    private func level(_ entry: ParsedEntry, _ source: Source) -> Level? {
        let value = entry.fields.level
        if value.kind == .absent { return .info }
        let name = source.bytes(value.text)
        guard let base = name.baseAddress else { return nil }
        // The names as this product writes them come first: the table of all names is slower.
        switch name.count {
        case 4:
            if RawBytes.starts(base, "INFO") { return .info }
            if RawBytes.starts(base, "WARN") { return .warn }
        case 5:
            if RawBytes.starts(base, "DEBUG") { return .debug }
            if RawBytes.starts(base, "ERROR") { return .error }
        default: break
        }
        return Level(name: name)
    }

    // MARK: Strings

    /// The number of an identifier. Most have the value of the entry before, which a comparison finds out sooner than a
    /// look-up.
    @inline(__always)
    private mutating func code(_ index: Int, _ value: ParsedEntry.Value, last: UInt32?, _ source: Source) -> UInt32 {
        if value.kind == .absent { return defaultCode(index) }
        let text = source.bytes(value.text)
        if let last, batch.strings.withBytes(Int(last), { RawBytes.areEqual($0, text) }) { return last }
        return identifierCache.code(of: text, in: &batch.strings)
    }

    private mutating func defaultCode(_ index: Int) -> UInt32 {
        if let code = defaultCodes[index] { return code }
        let code = (defaultTexts[index] ?? []).withUnsafeBytes { batch.strings.intern($0) }
        defaultCodes[index] = code
        return code
    }

    // MARK: Context

    private mutating func appendContext(_ entry: ParsedEntry, _ source: Source) {
        names.read(entry, source, &batch.strings)
        for index in 0..<entry.attributeCount {
            guard let code = names.code(index, of: entry) else { continue }
            batch.contextKeys.append(code)
            batch.contextValues.append(source.bytes(entry.attributes[index].value.text))
        }
        batch.contextEnds.append(UInt32(batch.contextKeys.count))
    }
}
