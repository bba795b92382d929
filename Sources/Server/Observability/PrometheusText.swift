/// Metrics in Prometheus's text form (exposition format 0.0.4).
struct PrometheusText {
    enum Kind: String {
        case counter
        case gauge
    }

    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []

    /// Begins a metric; its samples follow.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        append("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n")
    }

    mutating func sample(
        _ name: String, labels: KeyValuePairs<String, String> = [:], _ value: some CustomStringConvertible
    ) {
        append(name)
        if !labels.isEmpty {
            append("{")
            for (position, (label, text)) in labels.enumerated() {
                append("\(position == 0 ? "" : ",")\(label)=\"")
                for character in text.unicodeScalars {
                    switch character {
                    case "\\": append("\\\\")
                    case "\"": append("\\\"")
                    case "\n": append("\\n")
                    default: append(String(character))
                    }
                }
                append("\"")
            }
            append("}")
        }
        append(" \(value)\n")
    }

    /// A metric of one sample.
    mutating func metric(_ name: String, _ kind: Kind, _ help: String, _ value: some CustomStringConvertible) {
        begin(name, kind, help)
        sample(name, value)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
