extension Batch {
    /// The entries at `indexes`, in that order. They share this batch's strings, whether they use them or not, so that
    /// nothing is looked up: for rows that travel on, not for rows that are kept.
    public func gathering(_ indexes: some Collection<Int>) -> Batch {
        var gathered = Batch()
        gathered.strings = strings
        gathered.appendColumns(indexes, of: self) { $0 }
        return gathered
    }

    /// Copies entries of `other` to the end, each distinct string translated once.
    public mutating func append(_ indexes: some Collection<Int>, of other: Batch) {
        // A table of known numbers costs as much as there are strings.
        guard indexes.count * 8 > other.strings.count else {
            for index in indexes { append(index, of: other) }
            return
        }
        var known = [UInt32](repeating: .max, count: other.strings.count)
        var strings = strings
        self.strings = StringTable()
        appendColumns(indexes, of: other) { string in
            if known[Int(string)] == .max {
                known[Int(string)] = other.strings.withBytes(Int(string)) { strings.intern($0) }
            }
            return known[Int(string)]
        }
        self.strings = strings
    }

    private mutating func appendColumns(
        _ indexes: some Collection<Int>, of other: Batch, translating number: (UInt32) -> UInt32
    ) {
        for index in indexes { times.append(other.times[index]) }
        for index in indexes { levels.append(other.levels[index]) }
        for index in indexes { devices.append(number(other.devices[index])) }
        for index in indexes { sessions.append(number(other.sessions[index])) }
        for index in indexes { modules.append(number(other.modules[index])) }
        for index in indexes { loggers.append(number(other.loggers[index])) }
        for index in indexes { processes.append(number(other.processes[index])) }
        for index in indexes { threads.append(number(other.threads[index])) }
        messages.append(indexes, of: other.messages)
        for index in indexes {
            let attributes = other.contextRange(index)
            for attribute in attributes { contextKeys.append(number(other.contextKeys[attribute])) }
            contextValues.append(attributes, of: other.contextValues)
            contextEnds.append(UInt32(contextKeys.count))
        }
    }
}

extension ByteColumn {
    /// Copies strings of `other` to the end.
    public mutating func append(_ indexes: some Collection<Int>, of other: ByteColumn) {
        other.bytes.withUnsafeBytes { bytes in
            for index in indexes { append(UnsafeRawBufferPointer(rebasing: bytes[other.range(index)])) }
        }
    }
}
