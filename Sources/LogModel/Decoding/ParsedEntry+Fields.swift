extension ParsedEntry {
    /// The values of an entry's own fields, stored one by one: an array would cost a check of its ownership for each.
    struct Fields {
        var time = Value()
        var level = Value()
        var device = Value()
        var session = Value()
        var module = Value()
        var logger = Value()
        var process = Value()
        var thread = Value()
        var message = Value()
        /// Only when the context is no object, but for `null`.
        var context = Value()

        subscript(_ name: EntryFieldName) -> Value {
            @inline(__always) get {
                switch name {
                case .time: time
                case .level: level
                case .device: device
                case .session: session
                case .module: module
                case .logger: logger
                case .process: process
                case .thread: thread
                case .message: message
                case .context: context
                }
            }
            @inline(__always) set {
                switch name {
                case .time: time = newValue
                case .level: level = newValue
                case .device: device = newValue
                case .session: session = newValue
                case .module: module = newValue
                case .logger: logger = newValue
                case .process: process = newValue
                case .thread: thread = newValue
                case .message: message = newValue
                case .context: context = newValue
                }
            }
        }

        /// Whether an array or object stands where a field's text is expected.
        var hasStructure: Bool {
            let first = time.kind.rawValue | level.kind.rawValue | device.kind.rawValue | session.kind.rawValue
            let second = module.kind.rawValue | logger.kind.rawValue | process.kind.rawValue | thread.kind.rawValue
            return (first | second | message.kind.rawValue) & Kind.structure.rawValue != 0
        }

        /// The length of the longest identifier, in bytes.
        var longestIdentifier: Int {
            let first = max(device.text.count, max(session.text.count, module.text.count))
            return Int(max(first, max(logger.text.count, max(process.text.count, thread.text.count))))
        }
    }
}
