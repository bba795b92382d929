import LogDB
import Logging
import Server

extension Settings {
    /// The configuration that the settings mean.
    ///
    /// - Throws: With everything that is wrong, a line each.
    func configuration() throws(CommandFailure) -> ServerConfiguration {
        var reader = SettingsReader(self)
        let data = self[.data] ?? ""
        if data.isEmpty { reader.problems.append("say where the data is: --data DIR, or LOGDB_DATA") }
        let address = reader.read(.listen) { (text) throws(CommandFailure) in try ListenAddress(text) }
        let authentication = reader.choice(
            .auth, ["none": ServerConfiguration.Authentication.none, "required": .required])
        var configuration = ServerConfiguration(
            dataDirectory: data, host: address?.host ?? "", port: address?.port ?? 0,
            authentication: authentication ?? .required)
        configuration.tls = tls(&reader)
        configuration.publicNames = all(.publicName)
        configuration.authorityPassphrase = reader.read(.caPassphraseFile) { (path) throws(CommandFailure) in
            try Passphrase.read(path)
        }
        if let device = reader.read(.deviceListen, { (text) throws(CommandFailure) in try ListenAddress(text) }) {
            configuration.deviceListener = (device.host, device.port)
        }
        configuration.webRoot = self[.webRoot]
        if let memory = reader.bytes(.memory, in: Options.memoryByteCountMin...(1 << 40)) {
            configuration.storeOptions = Options(memoryByteCount: memory)
            configuration.limits = ServerLimits(memoryByteCount: memory)
        }
        configuration.storeOptions.retention = reader.age(.retention)
        configuration.storeOptions.coldPlace = self[.cold]
        configuration.storeOptions.encryptionKeys =
            reader.read(.encryptionKeys) { (path) throws(CommandFailure) in
                try KeyFile.read(path)
            } ?? nil
        if self[.coldAfter] == "never" {
            configuration.storeOptions.coldAge = nil
        } else if let age = reader.age(.coldAfter) {
            configuration.storeOptions.coldAge = age
        }
        reader.problems += configuration.storeOptions.validate()
        readLimits(&configuration, &reader)
        configuration.scrubRules = scrubRules(&reader)
        guard reader.problems.isEmpty else { throw CommandFailure(reader.problems.joined(separator: "; ")) }
        return configuration
    }

    /// The server's own log.
    ///
    /// - Throws: When the form or the level is none.
    func logger() throws(CommandFailure) -> Logger {
        var reader = SettingsReader(self)
        let form = reader.choice(.logFormat, ["text": ServerLogHandler.Form.text, "json": .json])
        let level = reader.choice(
            .logLevel, ["debug": Logger.Level.debug, "info": .info, "warning": .warning, "error": .error])
        guard reader.problems.isEmpty, let form, let level else {
            throw CommandFailure(reader.problems.joined(separator: "; "))
        }
        var logger = Logger(label: "logdb") { _ in ServerLogHandler(form: form) }
        logger.logLevel = level
        return logger
    }

    private func tls(_ reader: inout SettingsReader) -> TLSSource? {
        switch (self[.tls], self[.tlsCert], self[.tlsKey]) {
        case (nil, nil, nil), ("off", nil, nil): return nil
        case ("auto", nil, nil): return .automatic
        case (nil, let certificate?, let key?): return .files(certificate: certificate, key: key)
        case (let text?, nil, nil):
            reader.problems.append("--tls is auto or off, not “\(text)” (\(source(.tls)))")
        case (nil, _, _):
            reader.problems.append("--tls-cert and --tls-key go together")
        default:
            reader.problems.append("give --tls auto, or --tls-cert and --tls-key")
        }
        return nil
    }

    private func scrubRules(_ reader: inout SettingsReader) -> [ScrubRule] {
        var rules: [ScrubRule] = []
        for name in all(.scrubClasses) {
            if let rule = ScrubRule(builtIn: name) {
                rules.append(rule)
            } else {
                reader.problems.append(
                    "--scrub-classes has \(ScrubRule.builtInNames.joined(separator: ", ")), not “\(name)” "
                        + "(\(source(.scrubClasses)))")
            }
        }
        for text in all(.scrubPatterns) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            do throws(ServerError) {
                rules.append(try ScrubRule(String(parts[0]), expression: parts.count == 2 ? String(parts[1]) : ""))
            } catch {
                reader.problems.append("\(error.message) (\(source(.scrubPatterns)))")
            }
        }
        let names = rules.map(\.name)
        for name in Set(names).sorted() where names.filter({ $0 == name }).count > 1 {
            reader.problems.append("“\(name)” is scrubbed twice")
        }
        return rules
    }

    private func readLimits(_ configuration: inout ServerConfiguration, _ reader: inout SettingsReader) {
        if let time = reader.age(.queryTime) { configuration.limits.queryTimeMax = time }
        if let bytes = reader.bytes(.queryMemory, in: (1 << 20)...(64 << 30)) {
            configuration.limits.queryByteCountMax = bytes
        }
        if let bytes = reader.bytes(.quarantine, in: 0...(1 << 40)) {
            configuration.limits.quarantineByteCountMax = bytes
        }
        if let bytes = reader.bytes(.artifactQuota, in: 0...(1 << 50)) {
            configuration.limits.artifactQuota = UInt64(bytes)
        }
        if let count = reader.count(.maxStreams, in: 1...1_000_000) { configuration.limits.openStreamCountMax = count }
        if let count = reader.count(.maxQueries, in: 1...100_000) { configuration.limits.queryCountMax = count }
        if let time = reader.age(.slowQuery) { configuration.limits.slowQueryTime = time }
        func rate(_ setting: Setting) -> RateLimit? {
            reader.count(setting, in: 1...1_000_000).map { RateLimit(perSecond: Double($0)) }
        }
        configuration.rates.perDevice = rate(.ratePerDevice)
        configuration.rates.perUser = rate(.ratePerUser)
        configuration.rates.perAddress = rate(.ratePerAddress)
    }
}

/// Reads settings and gathers what is wrong with them.
struct SettingsReader {
    private let settings: Settings
    var problems: [String] = []

    init(_ settings: Settings) { self.settings = settings }

    /// Nil where it is not set, or wrong.
    mutating func read<R>(_ setting: Setting, _ body: (String) throws(CommandFailure) -> R) -> R? {
        guard let text = settings[setting] else { return nil }
        do throws(CommandFailure) {
            return try body(text)
        } catch {
            problems.append("\(error.message) (\(settings.source(setting)))")
            return nil
        }
    }

    mutating func choice<R>(_ setting: Setting, _ choices: KeyValuePairs<String, R>) -> R? {
        read(setting) { (text) throws(CommandFailure) in
            guard let found = choices.first(where: { $0.key == text }) else {
                throw CommandFailure(
                    "\(setting.option) is \(choices.map(\.key).joined(separator: " or ")), not “\(text)”")
            }
            return found.value
        }
    }

    mutating func age(_ setting: Setting) -> Duration? {
        read(setting) { (text) throws(CommandFailure) in
            guard let age = Age(argument: text), age.duration > .zero else {
                throw CommandFailure("\(setting.option) is a time such as 30s, 12h or 4w, not “\(text)”")
            }
            return age.duration
        }
    }

    mutating func count(_ setting: Setting, in bounds: ClosedRange<Int>) -> Int? {
        read(setting) { (text) throws(CommandFailure) in
            guard let count = Int(text), bounds.contains(count) else {
                throw CommandFailure(
                    "\(setting.option) is a number from \(bounds.lowerBound) to \(bounds.upperBound), not “\(text)”")
            }
            return count
        }
    }

    mutating func bytes(_ setting: Setting, in bounds: ClosedRange<Int>) -> Int? {
        read(setting) { (text) throws(CommandFailure) in
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            let factors = ["": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
            guard let number = Int(digits), let factor = factors[String(text.dropFirst(digits.count))],
                case let (bytes, overflow) = number.multipliedReportingOverflow(by: factor), !overflow,
                bounds.contains(bytes)
            else {
                throw CommandFailure(
                    "\(setting.option) is a size from \(Humane.bytes(UInt64(bounds.lowerBound))) to "
                        + "\(Humane.bytes(UInt64(bounds.upperBound))), such as 64MiB, not “\(text)”")
            }
            return bytes
        }
    }
}
