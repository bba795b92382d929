import LogModel

/// What a body may hold entries in.
enum IngestFormat {
    /// An entry a line.
    case lines
    /// An array, or an object around one.
    case document
    /// The agent's batch frame.
    case frame

    var mediaType: String {
        switch self {
        case .lines: "application/x-ndjson"
        case .document: "application/json"
        case .frame: BatchFrame.mediaType
        }
    }

    /// Of a file that holds such a body.
    var fileExtension: String {
        switch self {
        case .lines: "ndjson"
        case .document: "json"
        case .frame: "batch"
        }
    }

    /// Reads `Content-Type`.
    ///
    /// - Throws: `Problem` 415 `unsupported_type`.
    init(contentType: String?) throws(Problem) {
        let parts = (contentType ?? "").split(separator: ";").map { $0.trimmingSpaces().lowercased() }
        switch parts.first {
        case "application/x-ndjson": self = .lines
        case "application/json": self = .document
        case BatchFrame.mediaType:
            self = .frame
            return
        default:
            let given = contentType.map { "not “\($0)”" } ?? "and there is none"
            throw Problem(
                415, "unsupported_type",
                "Content-Type must be application/x-ndjson, application/json or \(BatchFrame.mediaType), \(given).")
        }
        for part in parts.dropFirst() where part.hasPrefix("charset=") {
            let charset = part.dropFirst(8).filter { $0 != "\"" }
            guard charset == "utf-8" || charset == "utf8" || charset == "us-ascii" else {
                throw Problem(415, "unsupported_charset", "JSON is read as UTF-8, not as \(charset).")
            }
        }
    }
}

/// The entries of a body, and what else it says.
struct IngestBody {
    let format: IngestFormat
    var batch: Batch
    /// The body itself, where it is the agent's frame.
    var frame: [UInt8]?
    /// Of what was received, so that a batch sent again is known though missing times are filled in anew.
    var contentHash: UInt64
    var rejections: [EntryDecoder.Rejection] = []
    var rejectedCount = 0
    /// For each entry of the batch, its position in the body. Empty: the same.
    var originalIndexes: [Int] = []
    /// The positions in the body that count, in order; nil for all.
    var positions: [Int]?
    var identity: (boot: String, sequence: UInt64)?
    var sharedDevice: String?

    /// - Parameters:
    ///   - device: That the sender is known to be: entries that name another are refused.
    ///   - receivedAt: The time of entries without one.
    /// - Throws: `Problem` 400 for a document or frame that cannot be read, 413 for a frame that holds too much.
    init(
        _ bytes: UnsafeRawBufferPointer, _ format: IngestFormat, device: String? = nil, receivedAt: Timestamp = .now,
        limits: ServerLimits, codecs: CodecPool
    ) throws(Problem) {
        self.format = format
        contentHash = ByteHash.hash(bytes)
        if format == .frame {
            batch = try IngestBody.readFrame(bytes, limits: limits, codecs: codecs)
            frame = Array(bytes)
            return
        }
        var decoder = EntryDecoder(
            defaults: .init(requiredDevice: device, receivedAt: receivedAt), limits: limits.entry)
        if format == .lines {
            _ = decoder.decodeLines(bytes, isLast: true)
        } else {
            do throws(EntryDecoder.DocumentError) {
                try decoder.decodeDocument(bytes)
            } catch {
                throw Problem(
                    400, error.code, "The JSON document cannot be read: \(error.detail).",
                    errors: [.init(code: error.code, message: error.detail, offset: error.offset, length: 0)])
            }
        }
        batch = decoder.batch
        rejections = decoder.rejections
        rejectedCount = decoder.rejectedCount
        originalIndexes = decoder.originalIndexes
        identity = decoder.documentIdentity
        sharedDevice = decoder.sharedDevice
    }

    private static func readFrame(
        _ bytes: UnsafeRawBufferPointer, limits: ServerLimits, codecs: CodecPool
    ) throws(Problem) -> Batch {
        var frameLimits = BatchFrame.Limits()
        frameLimits.rawByteCountMax = limits.bodyByteCountMax
        do throws(BatchFrameError) {
            return try codecs.decode(bytes, limits: frameLimits)
        } catch {
            switch error {
            case .tooManyRows, .tooManyBytes:
                throw Problem(413, "body_too_large", "\(error)".capitalizedSentence)
            default: throw Problem(400, "invalid_frame", "\(error)".capitalizedSentence)
            }
        }
    }

    /// Bytes of columns that a frame says it holds, before it is decompressed; 0 where it is too short to say.
    static func rawByteCount(ofFrame bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count >= BatchFrame.headerByteCount else { return 0 }
        return Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
    }
}

extension String {
    /// As a sentence of its own.
    var capitalizedSentence: String { prefix(1).uppercased() + dropFirst() + "." }
}

extension IngestBody {
    /// Takes out what is not to be stored. A frame whose entries change is no longer what is stored.
    mutating func scrub(_ scrubber: Scrubber) {
        if scrubber.scrub(&batch) { frame = nil }
    }
}
