/// How a body is compressed on its way (RFC 9110, section 8.4).
enum ContentCoding: String {
    case identity
    case gzip
    case zstd

    /// Reads `Content-Encoding`.
    ///
    /// - Throws: `Problem` 415 `unsupported_encoding`.
    init(contentEncoding: String?) throws(Problem) {
        switch contentEncoding?.lowercased() {
        case nil, "", "identity": self = .identity
        case "gzip", "x-gzip": self = .gzip
        case "zstd": self = .zstd
        case let other?:
            throw Problem(
                415, "unsupported_encoding", "A body may be encoded with zstd, gzip or not at all, not “\(other)”.")
        }
    }

    /// The best coding that `Accept-Encoding` allows.
    init(acceptEncoding: String?) {
        guard let acceptEncoding else {
            self = .identity
            return
        }
        var best = (coding: ContentCoding.identity, weight: 0.0)
        for element in acceptEncoding.split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.trimmingSpaces().lowercased() }
            let coding: ContentCoding
            switch parts.first {
            case "zstd": coding = .zstd
            case "gzip", "x-gzip": coding = .gzip
            default: continue
            }
            var weight = 1.0
            for part in parts.dropFirst() where part.hasPrefix("q=") { weight = Double(part.dropFirst(2)) ?? 0 }
            if weight > best.weight || (weight == best.weight && weight > 0 && coding == .zstd) {
                best = (coding, weight)
            }
        }
        self = best.coding
    }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends.
    func trimmingSpaces() -> SubSequence {
        let first = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
        let last = self[first...].lastIndex { $0 != " " && $0 != "\t" }
        return last.map { self[first...$0] } ?? self[first..<first]
    }
}
