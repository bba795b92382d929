/// `HOST:PORT`, with brackets around an IPv6 address.
struct ListenAddress {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init(_ text: String) throws(CommandFailure) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
            throw CommandFailure("\(text) is no address to listen on; one looks like 127.0.0.1:8080")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, (0...65_535).contains(port) else {
            throw CommandFailure("\(text) is no address to listen on; one looks like 127.0.0.1:8080")
        }
        self.host = String(host)
        self.port = port
    }

    func url(port: Int, isSecure: Bool = false) -> String {
        (isSecure ? "https://" : "http://") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }
}
