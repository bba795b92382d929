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
        help: ArgumentHelp(
            "A file with the passphrase of the own authority's key. Default: the key is not encrypted.",
            valueName: "file"))
    var caPassphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Where the files of the user interface are. Default: beside the executable.", valueName: "dir"))
    var webRoot: String?

    @Option(
        help: ArgumentHelp("How long entries are kept, such as 30d, 12h or 4w. Default: for ever.", valueName: "age"))
    var retention: String?

    @Option(
        help: ArgumentHelp(
            """
            Where old entries go: a directory, or s3://BUCKET/PREFIX?endpoint=URL&region=R with the keys in \
            AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Default: cold, in the data directory.
            """, valueName: "place"))
    var cold: String?

    @Option(
        help: ArgumentHelp(
            """
            The keys that objects of the cold tier, artifacts and backups are encrypted with, as of logdb keys new. \
            Default: they are not encrypted.
            """, valueName: "file"))
    var encryptionKeys: String?

    @Option(
        help: ArgumentHelp(
            "How old days are when they go to the cold tier, or never. Default: 7d.", valueName: "age"))
    var coldAfter: String?

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
        help: ArgumentHelp("Disk that refused batches may take, compressed. Default: 64MiB.", valueName: "size"))
    var quarantine: String?

    @Option(
        help: ArgumentHelp(
            "What the files that are uploaded into an account's sessions may take. Default: 10GiB.", valueName: "size"))
    var artifactQuota: String?

    @Option(
        help: ArgumentHelp(
            "What is taken out of entries before they are stored: email, phone, card, token; may be repeated.",
            valueName: "class"))
    var scrubClasses: [String] = []

    @Option(
        help: ArgumentHelp(
            "More of that: a class and the expression that finds it, as RE2 has them; may be repeated.",
            valueName: "class=expression"))
    var scrubPatterns: [String] = []

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
        let single: [Setting: String?] = [
            .data: data, .listen: listen, .auth: auth, .tls: tls, .tlsCert: tlsCert, .tlsKey: tlsKey,
            .deviceListen: deviceListen, .caPassphraseFile: caPassphraseFile, .webRoot: webRoot,
            .retention: retention, .cold: cold,
            .encryptionKeys: encryptionKeys,
            .coldAfter: coldAfter, .memory: memory,
            .maxStreams: maxStreams,
            .maxQueries: maxQueries, .queryTime: queryTime, .queryMemory: queryMemory, .quarantine: quarantine,
            .artifactQuota: artifactQuota,
            .ratePerDevice: ratePerDevice, .ratePerUser: ratePerUser, .ratePerAddress: ratePerAddress,
            .logFormat: logFormat, .logLevel: logLevel, .slowQuery: slowQuery,
        ]
        var given = single.compactMapValues { $0.map { [$0] } }
        given[.publicName] = publicName
        given[.scrubClasses] = scrubClasses
        given[.scrubPatterns] = scrubPatterns
        return try Settings(
            options: given, path: config ?? Terminal.environment("LOGDB_CONFIG"), environment: Terminal.environment)
    }
}
