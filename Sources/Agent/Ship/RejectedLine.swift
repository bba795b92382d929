import FoundationEssentials

/// A line that is no entry, as it is kept in `rejected.ndjson`.
struct RejectedLine: Encodable, Sendable {
    var file: String
    /// From 1.
    var line: Int
    /// Where the line starts in the file: tells a line from its copy, should an interruption have doubled it.
    var offset: Int64
    var code: String
    var detail: String
    /// The line, where it is UTF-8.
    var text: String?
    /// The line, where it is not.
    var base64: String?
    /// For a line that is too long: how many bytes it has. Only its beginning is kept here.
    var byteCount: Int64?

    private enum CodingKeys: String, CodingKey {
        case file, line, offset, code, detail, text, base64
        case byteCount = "byte_count"
    }

    init(
        file: String, line: Int, offset: Int64, code: String, detail: String, bytes: some Collection<UInt8>,
        byteCount: Int64? = nil
    ) {
        self.file = file
        self.line = line
        self.offset = offset
        self.code = code
        self.detail = detail
        self.byteCount = byteCount
        if let text = String(validating: bytes, as: UTF8.self) {
            self.text = text
        } else {
            base64 = Data(bytes).base64EncodedString()
        }
    }

    /// As a compiler would say it.
    var message: String { "\(file):\(line): \(code): \(detail)" }
}
