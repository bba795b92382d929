import Server
import Yams

/// The settings of a server, from its options, the environment and a file.
struct Settings {
    struct Value {
        /// Several where the setting may be repeated.
        var texts: [String]
        /// Where it comes from, for a person.
        var source: String
    }

    private var values: [Setting: Value] = [:]
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - options: As given on the command line.
    ///   - path: The configuration file's; nil for none.
    ///   - environment: Answers with a variable's value, nil where it is not set or empty.
    init(
        options: [Setting: [String]], path: String?, environment: (String) -> String?
    ) throws(CommandFailure) {
        if let path { try readFile(path) }
        if let days = environment("LOG_HOT_RETENTION_DAYS") {
            values[.retention] = Value(texts: [days + "d"], source: "LOG_HOT_RETENTION_DAYS")
        }
        if let count = environment("WEBSOCKET_MAX_CONNECTIONS") {
            values[.maxStreams] = Value(texts: [count], source: "WEBSOCKET_MAX_CONNECTIONS")
        }
        if environment("LOG_ARCHIVE_S3_BUCKET") != nil {
            warnings.append("LOG_ARCHIVE_S3_BUCKET is set, and this version has no archive yet")
        }
        for setting in Setting.allCases {
            guard let text = environment(setting.variable) else { continue }
            // An expression may have commas of its own.
            let isSplit = setting.isList && setting != .scrubPatterns
            let texts = isSplit ? text.split(separator: ",").map(String.init) : [text]
            values[setting] = Value(texts: texts, source: setting.variable)
        }
        for (setting, texts) in options where !texts.isEmpty {
            values[setting] = Value(texts: texts, source: setting.option)
        }
    }

    subscript(_ setting: Setting) -> String? { values[setting]?.texts.last ?? setting.standard }
    func all(_ setting: Setting) -> [String] { values[setting]?.texts ?? [] }
    func source(_ setting: Setting) -> String { values[setting]?.source ?? "default" }

    /// A setting's effective value; nil where there is none.
    func shown(_ setting: Setting) -> (text: String, source: String)? {
        let texts = values[setting]?.texts ?? setting.standard.map { [$0] } ?? []
        return texts.isEmpty ? nil : (texts.joined(separator: ", "), source(setting))
    }

    // MARK: The file

    private mutating func readFile(_ path: String) throws(CommandFailure) {
        let text = try SmallFile.read(path)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw CommandFailure("\(path) is no YAML: \(Settings.firstLine("\(error)"))")
        }
        guard let node else { return }
        guard case .mapping(let mapping) = node else {
            throw CommandFailure("\(path) must be a mapping, with lines such as “listen: 127.0.0.1:8080”")
        }
        try take(mapping, prefix: "", path)
    }

    /// `tls: {cert: F}` says the same as `tls_cert: F`.
    private mutating func take(_ mapping: Node.Mapping, prefix: String, _ path: String) throws(CommandFailure) {
        for (key, value) in mapping {
            let name = prefix + (key.string ?? "").map { $0 == "-" ? "_" : String($0) }.joined()
            let line = key.mark.map { ":\($0.line)" } ?? ""
            if case .mapping(let inner) = value, Setting(rawValue: name) == nil || name == "tls" {
                try take(inner, prefix: name + "_", path)
                continue
            }
            guard let setting = Setting(rawValue: name) else {
                let near = Spelling.nearest(name, among: Setting.allCases.map(\.rawValue))
                // The value may be a secret, so it is not shown.
                warnings.append(
                    "\(path)\(line): there is no setting “\(name)”"
                        + (near.map { "; did you mean “\($0)”?" } ?? "; logdb serve --help lists them"))
                continue
            }
            let texts: [String]
            switch value {
            case .scalar(let scalar): texts = scalar.string.isEmpty ? [] : [scalar.string]
            case .sequence(let sequence) where setting.isList: texts = sequence.compactMap(\.string)
            case .mapping(let mapping) where setting == .scrubPatterns:
                texts = mapping.map { "\($0.key.string ?? "")=\($0.value.string ?? "")" }
            default: throw CommandFailure("\(path)\(line): “\(name)” must be one value")
            }
            if !texts.isEmpty { values[setting] = Value(texts: texts, source: "\(path)\(line)") }
        }
    }

    private static func firstLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).prefix(2).joined(separator: " ")
    }
}
