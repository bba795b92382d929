public import Logging

/// swift-log's end of a `RemoteSink`.
///
///     let sink = try RemoteSink(RemoteSinkOptions(module: "nav", directory: "/var/lib/logdb-agent/sinks"))
///     LoggingSystem.bootstrap { sink.handler(label: $0) }
public struct RemoteSinkHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private var ownLevel = Logger.Level.info
    private let label: String
    private let sink: RemoteSink

    init(label: String, sink: RemoteSink) {
        self.label = label
        self.sink = sink
    }

    /// The least level that is logged: what the agent was told to set, else what the program set.
    public var logLevel: Logger.Level {
        get { sink.level ?? ownLevel }
        set { ownLevel = newValue }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        var context = all.sorted { $0.key < $1.key }.map { (key: $0.key, value: "\($0.value)") }
        if let error = event.error { context.append(("error", "\(error)")) }
        sink.log(event.message.description, level: SinkEntry.level(event.level), logger: label, context: context)
    }
}
