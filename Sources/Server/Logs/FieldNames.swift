import LogDB

/// The names of fields outside of a query's text.
enum FieldNames {
    private static let known: [String: Field] = [
        "time": .time, "timestamp": .time, "received": .received, "level": .level, "device": .device, "dsn": .device,
        "session": .session, "session_id": .session, "module": .module, "module_name": .module, "logger": .logger,
        "logger_name": .logger, "process": .process, "process_id": .process, "thread": .thread, "thread_id": .thread,
        "message": .message, "id": .id,
    ]

    /// A field by its name or the design document's; an attribute of the context with `@` or `context.` before it, or
    /// when it has any other name.
    static func field(_ name: String) -> Field {
        if let field = known[name] { return field }
        for prefix in ["@", "context."] where name.hasPrefix(prefix) && name.count > prefix.count {
            return .context(String(name.dropFirst(prefix.count)))
        }
        return .context(name)
    }
}
