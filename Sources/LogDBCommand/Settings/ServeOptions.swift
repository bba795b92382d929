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

    @Option(
        help: ArgumentHelp(
            "Memory that the server may take, queries and requests included. Default: 384MiB.", valueName: "size"))
    var memory: String?

    @Option(help: ArgumentHelp("Live streams at a time. Default: 1024.", valueName: "count"))
    var maxStreams: String?

    @Option(help: ArgumentHelp("Queries at a time; others wait in line. Default: 64.", valueName: "count"))
    var maxQueries: String?

    @Option(help: ArgumentHelp("How long a query may take. Default: 30s.", valueName: "time"))
    var queryTime: String?

    @Option(help: ArgumentHelp("Memory that a query may take. Default: an eighth of --memory.", valueName: "size"))
    var queryMemory: String?

    @Option(
        help: ArgumentHelp(
            "Requests a second of each device that sends entries. Default: any number.", valueName: "count"))
    var ratePerDevice: String?

    @Option(help: ArgumentHelp("Requests a second of each user and API key. Default: any number.", valueName: "count"))
    var ratePerUser: String?

    @Option(help: ArgumentHelp("Requests a second of each address. Default: any number.", valueName: "count"))
    var ratePerAddress: String?

    @Option(help: ArgumentHelp("How the server's own log is written: text or json. Default: text.", valueName: "form"))
    var logFormat: String?

    @Option(
        help: ArgumentHelp(
            "What is logged: debug, info, warning or error. Default: warning; requests are at info.", valueName: "level"
        ))
    var logLevel: String?

    @Option(help: ArgumentHelp("Queries that take longer are logged as warnings. Default: 5s.", valueName: "time"))
    var slowQuery: String?

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
            .memory: memory.map { [$0] } ?? [],
            .maxStreams: maxStreams.map { [$0] } ?? [],
            .maxQueries: maxQueries.map { [$0] } ?? [],
            .queryTime: queryTime.map { [$0] } ?? [],
            .queryMemory: queryMemory.map { [$0] } ?? [],
            .ratePerDevice: ratePerDevice.map { [$0] } ?? [],
            .ratePerUser: ratePerUser.map { [$0] } ?? [],
            .ratePerAddress: ratePerAddress.map { [$0] } ?? [],
            .logFormat: logFormat.map { [$0] } ?? [],
            .logLevel: logLevel.map { [$0] } ?? [],
            .slowQuery: slowQuery.map { [$0] } ?? [],
        ]
        return try Settings(
            options: given, path: config ?? Terminal.environment("LOGDB_CONFIG"), environment: Terminal.environment)
    }
}
