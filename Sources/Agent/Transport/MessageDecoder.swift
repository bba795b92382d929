import LogModel

/// Reads the messages of the topic into batches. Knows no socket.
///
/// The body is a LogMessage: a JSON object, or the same as a MessagePack map. Which of them its first byte tells: a map
/// of MessagePack begins with a byte that no JSON text begins with.
struct MessageDecoder {
    /// Why a message is no entry.
    struct Refusal: Hashable {
        /// A short stable name: a code of `EntryDecoder`, `unknown_topic`, `frame_count` or `invalid_messagepack`.
        var reason: String
        var detail: String
    }

    private let topic: [UInt8]
    private var decoder: EntryDecoder
    private var session: String?
    private var json: [UInt8] = []

    init(topic: String, defaults: EntryDecoder.Defaults) {
        self.topic = Array(topic.utf8)
        decoder = EntryDecoder(defaults: defaults)
        session = defaults.session
    }

    /// Entries that come from now on have these where they do not say it. The batch so far has been taken.
    mutating func use(_ defaults: EntryDecoder.Defaults) {
        guard defaults.session != session else { return }
        decoder = EntryDecoder(defaults: defaults)
        session = defaults.session
    }

    /// The entries that were taken since the last call.
    mutating func takeBatch() -> Batch { decoder.takeBatch() }

    var entryCount: Int { decoder.originalIndexes.count }

    /// Takes one message.
    ///
    /// - Returns: Why it is no entry; nil where it is one.
    mutating func take(
        topic: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer, receivedAt: Timestamp
    ) -> Refusal? {
        guard topic.elementsEqual(self.topic) else {
            return Refusal(
                reason: "unknown_topic",
                detail: "expected the topic \(String(decoding: self.topic, as: UTF8.self)), got "
                    + String(decoding: topic.prefix(100), as: UTF8.self))
        }
        if let first = body.first, MessagePackJSON.isMap(first) {
            json.removeAll(keepingCapacity: true)
            do throws(MessagePackError) {
                try MessagePackJSON.append(body, to: &json)
            } catch {
                return Refusal(reason: "invalid_messagepack", detail: "byte \(error.offset): \(error.detail)")
            }
            return json.withUnsafeBytes { decode($0, receivedAt) }
        }
        return decode(body, receivedAt)
    }

    static func refusal(frameCount: Int) -> Refusal {
        Refusal(reason: "frame_count", detail: "expected two frames, topic and body, got \(frameCount)")
    }

    private mutating func decode(_ json: UnsafeRawBufferPointer, _ receivedAt: Timestamp) -> Refusal? {
        guard let rejection = decoder.decodeEntry(json, receivedAt: receivedAt) else { return nil }
        return Refusal(reason: rejection.code, detail: rejection.detail)
    }
}
