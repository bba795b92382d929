import LogModel

/// The durable record of what a server has: who is shipping to whom, the last acknowledged batch, and how far each file
/// is acknowledged.
struct ShipRecord: Codable, Sendable, Hashable {
    static let versionNow = 1

    var version = versionNow
    var server: String
    var device: String
    var boot: String
    var acknowledgedSequence: UInt64 = 0
    var files: [FilePosition] = []

    /// A new beginning, with a boot that no other has.
    init(server: String, device: String) {
        self.server = server
        self.device = device
        boot = ShipRecord.hexadecimal(.random(in: 0 ... .max)) + ShipRecord.hexadecimal(.random(in: 0 ... .max))
    }

    mutating func set(_ position: FilePosition) {
        if let index = files.firstIndex(where: { $0.key == position.key }) {
            files[index] = position
        } else {
            files.append(position)
        }
    }

    func encoded() -> [UInt8] { JSONText.encode(self) }

    init(decoding bytes: [UInt8], path: String) throws(AgentError) {
        self = try JSONText.decode(ShipRecord.self, bytes, versionMax: ShipRecord.versionNow, path: path)
    }

    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// A batch on disk, whole: what goes on the wire, and what it covers. The file is
///
///     CRC-32C of all that follows   4 bytes, little-endian
///     byte count of the header      4 bytes, little-endian
///     header                        JSON
///     frame                         the rest, as sent
struct SpooledBatch: Sendable, Equatable {
    struct Header: Codable, Sendable, Hashable {
        var version = SpooledBatch.versionNow
        var sequence: UInt64
        var entryCount: Int
        /// The file after the last line of the batch.
        var position: FilePosition
    }

    static let versionNow = 1

    var header: Header
    var frame: [UInt8]

    func encoded() -> [UInt8] {
        let header = JSONText.encode(header)
        var body: [UInt8] = []
        body.reserveCapacity(8 + header.count + frame.count)
        SpooledBatch.append(UInt32(header.count), to: &body)
        body += header
        body += frame
        var bytes: [UInt8] = []
        SpooledBatch.append(Crc32c.checksum(body), to: &bytes)
        return bytes + body
    }

    init(header: Header, frame: [UInt8]) {
        self.header = header
        self.frame = frame
    }

    init(decoding bytes: [UInt8], path: String) throws(AgentError) {
        let damaged = AgentError(
            .corruption, "\(path) is damaged; move it away to go on without the batch that it holds")
        guard bytes.count >= 8 else { throw damaged }
        let checksum = SpooledBatch.number(bytes, at: 0)
        let headerByteCount = Int(SpooledBatch.number(bytes, at: 4))
        guard Crc32c.checksum(Array(bytes[4...])) == checksum, bytes.count >= 8 + headerByteCount else {
            throw damaged
        }
        header = try JSONText.decode(
            Header.self, Array(bytes[8..<8 + headerByteCount]), versionMax: SpooledBatch.versionNow, path: path)
        frame = Array(bytes[(8 + headerByteCount)...])
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func number(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
}
