/// How a file of text may be compressed, told by its first bytes, so that nobody stores it as text.
public enum CompressedFormat: String, CaseIterable, Sendable {
    case gzip
    case zstd
    case xz
    case bzip2
    case lz4
    case zip

    /// Bytes that are enough to tell.
    public static let signatureByteCountMax = 10

    private var signature: [UInt8] {
        switch self {
        case .gzip: [0x1f, 0x8b, 0x08]
        case .zstd: [0x28, 0xb5, 0x2f, 0xfd]
        case .xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
        // After the level, the number that begins each of its blocks: the text before could begin a line.
        case .bzip2: [0x42, 0x5a, 0x68, 0, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
        case .lz4: [0x04, 0x22, 0x4d, 0x18]
        case .zip: [0x50, 0x4b, 0x03, 0x04]
        }
    }

    /// Nil: the file does not begin as a compressed one.
    public init?(beginning bytes: some Collection<UInt8>) {
        let found = CompressedFormat.allCases.first { format in
            var signature = format.signature
            guard bytes.count >= signature.count else { return false }
            if format == .bzip2 { signature[3] = bytes[bytes.index(bytes.startIndex, offsetBy: 3)] }
            return bytes.starts(with: signature)
        }
        guard let found else { return nil }
        self = found
    }

    /// The command that writes the text of a file whose name follows.
    public var unpackCommand: String {
        switch self {
        case .zip: "unzip -p"
        default: rawValue + " -dc"
        }
    }
}
