import ArgumentParser
import CBytes
import LogDB
import Server
import ServiceNotify

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves a data directory over HTTP.",
        discussion: """
            The directory is made when it is not there. SIGTERM or Ctrl-C lets requests under way finish, and stops.

            Each option can also stand in the file that --config names, as data, listen or tls_cert, and in the \
            environment, as LOGDB_DATA, LOGDB_LISTEN or LOGDB_TLS_CERT. An option beats the environment, which beats the \
            file.

            EXAMPLES
              logdb serve --data /var/lib/logdb --listen 127.0.0.1:8080 --auth none
              logdb serve --data /var/lib/logdb --listen 0.0.0.0:8443 --tls auto --public-name logs.example.org
              logdb serve --config /etc/logdb.yaml
            """)

    @OptionGroup var options: ServeOptions

    func run() async throws {
        DescriptorLimit.raise()
        let settings = try options.settings()
        for warning in settings.warnings { Terminal.say("warning: \(PlainText.escaped(warning))\n") }
        let configuration = try settings.configuration()
        let logger = try settings.logger()
        // Threads of a server take turns at the same work; an arena each would keep the peak of all of them.
        cbytes_limit_malloc_arenas(2)
        let directory = configuration.dataDirectory
        let notifier = ServiceNotifier()
        let watch = Task { await notifier?.keepWatch() }
        defer {
            watch.cancel()
            notifier?.stopping()
        }
        do {
            let server = try await LogServer(
                configuration: configuration, logger: logger,
                onReady: { port in
                    ServeCommand.say(
                        "serves \(directory) at", configuration.host, port, isSecure: configuration.tls != nil)
                    notifier?.ready(status: "serves \(directory) on port \(port)")
                },
                onDeviceListenerReady: { port in
                    guard let host = configuration.deviceListener?.host else { return }
                    ServeCommand.say("takes devices at", host, port, isSecure: true)
                })
            if let token = server.setupToken {
                Terminal.say(
                    """
                    There are no users yet. Make the first one, an administrator, on the server's page or with
                    POST /api/v1/auth/setup {"setup_token": …, "username": …, "password": …}.
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

    private static func say(_ what: String, _ host: String, _ port: Int, isSecure: Bool) {
        let output = Output()
        let url = ListenAddress(host: host, port: port).url(port: port, isSecure: isSecure)
        try? output.write("logdb \(ProductVersion.text) \(what) \(url)\n")
        try? output.flush()
    }
}

struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Shows what serve would run with, and where each setting comes from.",
        discussion: """
            Starts nothing. Takes the options of serve.

            EXAMPLES
              logdb check-config --config /etc/logdb.yaml

            Ends with 0, or with 2 when something is wrong.
            """)

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let settings = try options.settings()
        for warning in settings.warnings { Terminal.say("warning: \(PlainText.escaped(warning))\n") }
        _ = try settings.configuration()
        _ = try settings.logger()
        let output = Output()
        for setting in Setting.allCases {
            guard let value = settings.shown(setting) else { continue }
            try output.write("\(setting.rawValue): \(PlainText.escaped(value.text))  # \(value.source)\n")
        }
        try output.flush()
    }
}
