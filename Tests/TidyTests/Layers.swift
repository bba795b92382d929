/// Who may use whom: the one place that says so.
enum Layers {
    /// The project's modules that each target may import. A target that is missing here fails the test.
    static let targets: [String: Set<String>] = [
        "LogModel": ["CBytes", "CZstd"],
        "HTTPTransport": ["CCurl"],
        "ObjectStore": ["HTTPTransport", "COpenSSL"],
        "ServiceNotify": [],
        "LogDB": ["LogModel", "ObjectStore", "CBytes", "COpenSSL", "CRegex", "CRocksDB", "CRocksFiles"],
        "Query": ["LogDB", "LogModel"],
        "Server": ["Query", "LogDB", "LogModel", "ObjectStore", "COpenSSL", "CZlib"],
        "Agent": ["LogModel", "HTTPTransport", "COpenSSL", "CZeroMQ"],
        "RemoteSink": ["LogModel", "CZeroMQ"],
        "LogDBCommand": [
            "Server", "Query", "LogDB", "LogModel", "HTTPTransport", "ObjectStore", "ServiceNotify", "CBytes",
        ],
        "AgentCommand": ["Agent", "LogModel", "HTTPTransport", "ServiceNotify", "CBytes"],
        // C only.
        "CBytes": [], "CCurl": [], "COpenSSL": [], "CRegex": [], "CRocksDB": [], "CRocksFiles": [], "CZeroMQ": [],
        "CZlib": [],
        "CZstd": [],
    ]

    /// System libraries, each imported by a single file of a target, so that one place knows its rules.
    static let libraries: Set<String> = [
        "CCurl", "COpenSSL", "CRegex", "CRocksDB", "CRocksFiles", "CZeroMQ", "CZlib", "CZstd",
    ]

    /// The folders of the engine, lowest first. A folder may use those on its own line and on the lines before it.
    static let engine: [[String]] = [
        ["Text"],
        ["Regex"],
        ["Model", "Storage"],
        ["Format"],
        ["Match"],
        ["Column", "Index"],
        ["Template"],
        ["Block"],
        ["Head"],
        ["Segment"],
        ["Tables"],
        ["Ingest", "Scan"],
        ["Verify", "Backup"],
        ["Lifecycle"],
        ["LogStore"],
    ]

    /// Files of the engine that belong to another layer than their folder says: values that every layer speaks of.
    static let engineFiles: [String: String] = [:]

    /// Folders whose code runs for each entry, or is shared with the edge: no Foundation.
    static let withoutFoundation = [
        "Sources/LogModel", "Sources/LogDB/Block", "Sources/LogDB/Column", "Sources/LogDB/Template",
        "Sources/LogDB/Index", "Sources/LogDB/Match", "Sources/LogDB/Format",
        "Sources/LogDB/Head", "Sources/LogDB/Segment", "Sources/LogDB/Ingest", "Sources/LogDB/Scan",
        "Sources/LogDB/Text", "Sources/LogDB/Regex", "Sources/RemoteSink",
    ]

    /// The targets that are libraries: they say nothing on standard output.
    static let silent = [
        "LogModel", "HTTPTransport", "LogDB", "Query", "Server", "Agent", "RemoteSink", "ServiceNotify",
    ]

    /// The layer of a file of the engine, by its path below Sources/LogDB; nil for a folder that has none. Files at the
    /// top are of the topmost layer.
    static func engineLayer(_ path: String) -> Int? {
        let parts = path.split(separator: "/")
        let folder = engineFiles[path] ?? (parts.count == 1 ? "LogStore" : String(parts[0]))
        return engine.firstIndex { $0.contains(folder) }
    }
}
