/// What the members of an entry's object mean, by their names. Every other name is an attribute of the context.
enum EntryFieldName: UInt8, CaseIterable {
    case time = 0
    case level
    case device
    case session
    case module
    case logger
    case process
    case thread
    case message
    case context

    /// The field that `name` stands for, long or short; nil for any other name.
    @inline(__always)
    init?(_ name: UnsafeRawBufferPointer) {
        // The length and at most one letter leave a single candidate.
        guard let base = name.baseAddress, name.count <= 12 else { return nil }
        let candidate: (isEqual: Bool, field: EntryFieldName)
        switch name.count {
        case 3: candidate = (RawBytes.starts(base, "dsn"), .device)
        case 4: candidate = (RawBytes.starts(base, "time"), .time)
        case 5: candidate = (RawBytes.starts(base, "level"), .level)
        case 6:
            switch name[0] {
            case UInt8(ascii: "d"): candidate = (RawBytes.starts(base, "device"), .device)
            case UInt8(ascii: "l"): candidate = (RawBytes.starts(base, "logger"), .logger)
            case UInt8(ascii: "m"): candidate = (RawBytes.starts(base, "module"), .module)
            default: candidate = (RawBytes.starts(base, "thread"), .thread)
            }
        case 7:
            switch name[0] {
            case UInt8(ascii: "c"): candidate = (RawBytes.starts(base, "context"), .context)
            case UInt8(ascii: "m"): candidate = (RawBytes.starts(base, "message"), .message)
            case UInt8(ascii: "p"): candidate = (RawBytes.starts(base, "process"), .process)
            default: candidate = (RawBytes.starts(base, "session"), .session)
            }
        case 9:
            candidate =
                name[1] == UInt8(ascii: "h")
                ? (RawBytes.starts(base, "thread_id"), .thread) : (RawBytes.starts(base, "timestamp"), .time)
        case 10:
            candidate =
                name[0] == UInt8(ascii: "s")
                ? (RawBytes.starts(base, "session_id"), .session) : (RawBytes.starts(base, "process_id"), .process)
        case 11:
            candidate =
                name[0] == UInt8(ascii: "m")
                ? (RawBytes.starts(base, "module_name"), .module) : (RawBytes.starts(base, "logger_name"), .logger)
        case 12: candidate = (RawBytes.starts(base, "timestamp_us"), .time)
        default: return nil
        }
        guard candidate.isEqual else { return nil }
        self = candidate.field
    }

    /// The fields whose values are identifiers, in the order of `Batch`'s columns.
    static let identifiers: [EntryFieldName] = [.device, .session, .module, .logger, .process, .thread]
}
