import LogModel

/// The names under which the batches of one input are stored, so that ingesting the input again stores nothing twice.
///
/// The names follow from the input's text, not from where it lies, so that a file is known again after it was renamed,
/// and nothing has to be remembered on the side of the client:
/// - A chain of batches is named by its first line, and by how lines are read. Where that line tells no time the file's
///   path is part of the name, since two files may well begin with the same words. Lines without a time take the moment
///   at which the store receives them, so they are part of no name.
/// - Batches are numbered; each holds a power of two of lines, the most that there are. When a file has grown since, the
///   batch that held its last lines is now longer, and the store answers that its number was used for other content.
///   Trying the other powers of two finds out which lines it held, in a few attempts.
/// - When none of them fits, the input goes on otherwise than the one that was stored before: a branch begins, named by
///   the chain, the place, and the next line.
///
/// Standard input has no name: what is sent twice is stored twice.
struct BatchChain {
    /// Batches of one boot. Fewer than those whose content a store can still compare.
    private static let sequenceMax: UInt64 = 4_000

    private let device: String
    private var boot: String
    private var sequence: UInt64 = 1

    /// - Parameters:
    ///   - device: Of the input's first entry.
    ///   - name: What names the input.
    init(device: String, name: [[UInt8]]) {
        self.device = device
        boot = BatchChain.boot(name)
    }

    /// A chain that no other has the name of.
    init(uniqueFor device: String) {
        self.init(
            device: device,
            name: (0..<2).map { _ in Array(String(UInt64.random(in: 0 ... .max), radix: 16).utf8) })
    }

    var identity: BatchIdentity { BatchIdentity(device: device, boot: boot, sequence: sequence) }

    mutating func advance() {
        sequence += 1
        if sequence > BatchChain.sequenceMax { self = BatchChain(device: device, name: [Array(boot.utf8), [1]]) }
    }

    mutating func branch(firstLine: some Sequence<UInt8>) {
        let place = Array("\(boot) \(sequence)".utf8)
        self = BatchChain(device: device, name: [place, Array(firstLine), [2]])
    }

    /// The name of a last line that has no end: by its text, since it is another line once it has grown.
    func identity(ofUnterminated line: some Sequence<UInt8>) -> BatchIdentity {
        let place = Array("\(boot) \(sequence)".utf8)
        return BatchIdentity(device: device, boot: BatchChain.boot([place, Array(line), [3]]), sequence: 1)
    }

    private static func boot(_ parts: [[UInt8]]) -> String {
        var bytes: [UInt8] = []
        for part in parts {
            withUnsafeBytes(of: UInt64(part.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: part)
        }
        let first = bytes.withUnsafeBytes { ByteHash.hash($0) }
        bytes.append(0xff)
        let second = bytes.withUnsafeBytes { ByteHash.hash($0) }
        return "ingest-"
            + [first, second].map { hash in
                let digits = String(hash, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }.joined()
    }
}
