import ArgumentParser

/// The options of a server. None has its default here: the environment and the file come first.
struct ServeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A YAML file with settings. Default: LOGDB_CONFIG.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The data directory; made when it is not there.", valueName: "directory"))
    var data: String?

    @Option(help: ArgumentHelp("Where to answer. Default: 127.0.0.1:8080.", valueName: "host:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "required: whoever asks signs in or shows a key. none: every request may do everything, on loopback. Default: required.",
            valueName: "how"))
    var auth: String?

    @Option(help: ArgumentHelp("auto: a certificate of the product's own authority.", valueName: "auto"))
    var tls: String?

    @Option(help: ArgumentHelp("The certificate, in PEM, with those that lead to its issuer.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The certificate's key, in PEM.", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("Where devices answer for themselves with certificates.", valueName: "host:port"))
    var deviceListen: String?

    @Option(
        help: ArgumentHelp(
            "Another name or address for certificates of the own authority; may be repeated.", valueName: "name"))
    var publicName: [String] = []

    @Option(
        help: ArgumentHelp("How long entries are kept, such as 30d, 12h or 4w. Default: for ever.", valueName: "age"))
    var retention: String?

    @Option(help: ArgumentHelp("How long a query may take. Default: 30s.", valueName: "time"))
    var queryTime: String?

    @Option(help: ArgumentHelp("Memory that a query may take. Default: 64MiB.", valueName: "size"))
    var queryMemory: String?

    func settings() throws(CommandFailure) -> Settings {
        if data?.isEmpty == true { throw CommandFailure("--data names no directory") }
        let given: [Setting: [String]] = [
            .data: data.map { [$0] } ?? [],
            .listen: listen.map { [$0] } ?? [],
            .auth: auth.map { [$0] } ?? [],
            .tls: tls.map { [$0] } ?? [],
            .tlsCert: tlsCert.map { [$0] } ?? [],
            .tlsKey: tlsKey.map { [$0] } ?? [],
            .deviceListen: deviceListen.map { [$0] } ?? [],
            .publicName: publicName,
            .retention: retention.map { [$0] } ?? [],
            .queryTime: queryTime.map { [$0] } ?? [],
            .queryMemory: queryMemory.map { [$0] } ?? [],
        ]
        return try Settings(
            options: given, path: config ?? Terminal.environment("LOGDB_CONFIG"), environment: Terminal.environment)
    }
}
