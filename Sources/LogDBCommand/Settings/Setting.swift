/// What can be set of a server: the names that the configuration file, the environment and the options have in common.
enum Setting: String, CaseIterable, Sendable {
    case data
    case listen
    case auth
    case tls
    case tlsCert = "tls_cert"
    case tlsKey = "tls_key"
    case deviceListen = "device_listen"
    case publicName = "public_name"
    case caPassphraseFile = "ca_passphrase_file"
    case webRoot = "web_root"
    case retention
    case cold
    case encryptionKeys = "encryption_keys"
    case coldAfter = "cold_after"
    case memory
    case maxStreams = "max_streams"
    case maxQueries = "max_queries"
    case queryTime = "query_time"
    case queryMemory = "query_memory"
    case quarantine
    case artifactQuota = "artifact_quota"
    case scrubClasses = "scrub_classes"
    case scrubPatterns = "scrub_patterns"
    case ratePerDevice = "rate_per_device"
    case ratePerUser = "rate_per_user"
    case ratePerAddress = "rate_per_address"
    case logFormat = "log_format"
    case logLevel = "log_level"
    case slowQuery = "slow_query"

    /// `LOGDB_TLS_CERT`.
    var variable: String { "LOGDB_" + rawValue.uppercased() }

    /// `--tls-cert`.
    var option: String { "--" + rawValue.map { $0 == "_" ? "-" : String($0) }.joined() }

    /// Whether it may have several values: in the file a list, in the environment with commas between them.
    var isList: Bool { self == .publicName || self == .scrubClasses || self == .scrubPatterns }

    /// What holds where nobody says anything; nil where that is nothing.
    var standard: String? {
        switch self {
        case .listen: "127.0.0.1:8080"
        case .auth: "required"
        case .memory: "384MiB"
        case .coldAfter: "7d"
        case .maxStreams: "1024"
        case .maxQueries: "64"
        case .queryTime: "30s"
        case .quarantine: "64MiB"
        case .artifactQuota: "10GiB"
        case .logFormat: "text"
        case .logLevel: "warning"
        case .slowQuery: "5s"
        default: nil
        }
    }
}
