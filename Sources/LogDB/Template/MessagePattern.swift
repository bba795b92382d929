import LogModel

/// Tells which pattern a message has: its text with names of kinds in place of the numbers, identifiers and the like that
/// differ from message to message. It depends on the message alone. Used by one thread at a time.
public final class MessagePatternReader {
    private var parser = MessageParser()

    public init() {}

    /// The pattern of messages that are too long, or have too many values, to have one of their own.
    public static let other: [UInt8] = Array("<*>".utf8)

    /// Replaces `output` with the message's pattern.
    public func read(_ message: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        guard parser.parse(message) else {
            output.append(contentsOf: MessagePatternReader.other)
            return
        }
        for byte in parser.template {
            guard SlotKind.isMarker(byte), let kind = SlotKind(rawValue: byte) else {
                output.append(byte)
                continue
            }
            switch kind {
            case .digits: output.append(contentsOf: "<num>".utf8)
            case .hex, .wideHex, .upperHex, .wideUpperHex: output.append(contentsOf: "<hex>".utf8)
            case .uuidHead: output.append(contentsOf: "<uuid>".utf8)
            case .uuidTail: break
            case .text: output.append(contentsOf: MessagePatternReader.other)
            }
        }
    }
}
