import ArgumentParser
import CBytes
import LogDB
import Server

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves a data directory over HTTP.",
        discussion: """
            The directory is made when it is not there. SIGTERM or Ctrl-C lets requests under way finish, and stops.

            EXAMPLES
              logdb serve --data /var/lib/logdb --listen 127.0.0.1:8080 --auth none
              logdb serve --data ./data --listen [::1]:8080 --auth none --retention 30d
            """)

    enum Authentication: String, CaseIterable, ExpressibleByArgument {
        case none, required
    }

    @Option(help: ArgumentHelp("The data directory. Default: LOGDB_DATA.", valueName: "directory"))
    var data: String?

    @Option(help: ArgumentHelp("Where to answer.", valueName: "host:port"))
    var listen = "127.0.0.1:8080"

    @Option(help: "required: whoever asks signs in or shows a key. none: every request may do everything, on loopback.")
    var auth = Authentication.required

    @Option(
        help: ArgumentHelp(
            "How long entries are kept, such as 30d, 12h or 4w. Default: for ever.", valueName: "age"))
    var retention: Age?

    func run() async throws {
        guard let directory = data ?? Terminal.environment("LOGDB_DATA") else {
            throw CommandFailure("say where the data is: --data DIR, or LOGDB_DATA")
        }
        if directory.isEmpty { throw CommandFailure("--data names no directory") }
        let address = try ListenAddress(listen)
        var options = Options()
        options.retention = retention?.duration
        let problems = options.validate()
        guard problems.isEmpty else { throw CommandFailure(problems.joined(separator: "; ")) }
        // Threads of a server take turns at the same work; an arena each would keep the peak of all of them.
        cbytes_limit_malloc_arenas(2)
        do {
            let server = try await LogServer(
                configuration: ServerConfiguration(
                    dataDirectory: directory, host: address.host, port: address.port,
                    authentication: auth == .none ? .none : .required, storeOptions: options)
            ) { port in
                let output = Output()
                try? output.write("logdb \(ProductVersion.text) serves \(directory) at \(address.url(port: port))\n")
                try? output.flush()
            }
            if let token = server.setupToken {
                Terminal.say(
                    """
                    There are no users yet. Make the first one, an administrator, on the page at \(listen), or with
                      curl -H 'Content-Type: application/json' -d '{"setup_token":"\(token)","username":"NAME",\
                    "password":"PASSWORD"}' \(address.url(port: address.port))/api/v1/auth/setup
                    Setup token: \(token)

                    """)
            }
            try await server.run()
        } catch let error as ServerError {
            throw CommandFailure(error.message)
        } catch let error as LogError {
            throw error.code == .locked
                ? CommandFailure("\(directory) is in use by another process; stop that, or serve another directory")
                : StoreBackend.failure(error, directory: directory)
        }
    }
}

/// `HOST:PORT`, with brackets around an IPv6 address.
struct ListenAddress {
    let host: String
    let port: Int

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

    func url(port: Int) -> String { host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)" }
}

/// A stretch of time as people write it: `30d`, `12h`, `1w2d`.
struct Age: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        var rest = argument[...]
        var seconds: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits), let unit = rest.dropFirst(digits.count).first, let factor = units[unit]
            else { return nil }
            let (part, overflow) = number.multipliedReportingOverflow(by: factor)
            let (sum, carry) = seconds.addingReportingOverflow(part)
            guard !overflow, !carry else { return nil }
            seconds = sum
            rest = rest.dropFirst(digits.count + 1)
        }
        guard seconds > 0 else { return nil }
        duration = .seconds(seconds)
    }
}
