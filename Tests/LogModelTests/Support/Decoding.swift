import LogModel

/// What is left to tests to say about a decoder's surroundings.
let receivedAt = Timestamp(microseconds: 1_735_862_400_000_000)

/// Decodes lines given at once.
func decodeLines(
    _ text: String, defaults: EntryDecoder.Defaults = .init(device: "D", receivedAt: receivedAt),
    limits: EntryDecoder.Limits = .init()
) -> EntryDecoder {
    decodeLines(bytes: Array(text.utf8), defaults: defaults, limits: limits)
}

func decodeLines(
    bytes: [UInt8], defaults: EntryDecoder.Defaults = .init(device: "D", receivedAt: receivedAt),
    limits: EntryDecoder.Limits = .init()
) -> EntryDecoder {
    var decoder = EntryDecoder(defaults: defaults, limits: limits)
    _ = bytes.withUnsafeBytes { decoder.decodeLines($0, isLast: true) }
    return decoder
}

/// Decodes a line that must be good.
func entry(_ line: String) -> Entry? {
    let decoder = decodeLines(line)
    return decoder.batch.count == 1 ? decoder.batch[0] : nil
}

extension Batch {
    var entries: [Entry] { (0..<count).map { self[$0] } }
}
