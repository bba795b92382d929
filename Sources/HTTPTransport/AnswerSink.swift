/// Puts an answer's head together from the lines that libcurl hands over, and passes it to the exchange once.
final class AnswerSink {
    let exchange: Exchange
    private var head: HTTPHead?
    private var isHeadOver = false

    init(_ exchange: Exchange) { self.exchange = exchange }

    /// Takes one line of a head: a status line, a field, or the empty line that ends it. Interim heads (status 1xx) are
    /// passed over, and so are the trailers after a chunked body.
    func receiveHeaderLine(_ bytes: UnsafeRawBufferPointer) {
        guard !isHeadOver else { return }
        let line = AnswerSink.trimmed(bytes[...])
        if line.isEmpty {
            guard let head, head.status >= 200 else { return }
            isHeadOver = true
            exchange.receive(head)
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")), !line.starts(with: Array("HTTP/".utf8)) {
            let name = String(decoding: line[..<colon], as: UTF8.self)
            let value = String(decoding: AnswerSink.trimmed(line[line.index(after: colon)...]), as: UTF8.self)
            head?.headers.append(HTTPField(name, value))
        } else {
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard words.count >= 2, let status = Int(String(decoding: words[1], as: UTF8.self)) else { return }
            head = HTTPHead(status: status)
        }
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var bytes = bytes
        while let last = bytes.last, last == 0x20 || last == 0x09 || last == 0x0d || last == 0x0a { bytes.removeLast() }
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        return bytes
    }
}

extension HTTPCall {
    /// Why the call must not go on the wire: text that would end a line early and start another request. Nil when it
    /// may.
    var problem: String? {
        func isToken(_ text: String) -> Bool {
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
        }
        if !isToken(method) { return "the method \(method.debugDescription) is not a token" }
        if url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) {
            return "the URL \(url.debugDescription) has a space or a control character"
        }
        for field in headers {
            if !isToken(field.name) { return "the header name \(field.name.debugDescription) is not a token" }
            if field.value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }) {
                return "the header \(field.name) has a control character in its value"
            }
        }
        return nil
    }
}
