import Foundation
import Testing

/// `logdb capsule` and `logdb ca`, on a data directory and on a server.
@Suite(.serialized) struct CapsuleCommandTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func logdb(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await run(Binaries.logdb, arguments, in: scratch, environment: environment)
    }

    @Test func capsulesAreMadeAnywhere() async throws {
        let composition = scratch.file("composition.yaml")
        try "name: DroneNav_v2.1\nversion: 2.10\nmodules: [input, navigation]\n".write(
            toFile: composition, atomically: true, encoding: .utf8)
        let server = try TestServer(in: scratch)
        for target in [["--data", scratch.file("data")], ["--server", server.url]] {
            if target[0] == "--server" { try await server.start() }
            let made = try await logdb(
                [
                    "capsule", "create", "--dsn", "DEV-ABC-12345", "--type", "drone", "--environment", "testing",
                    "--composition", composition,
                ] + target)
            #expect(made.status == 0, "\(made.errors)")
            for line in [
                #"  dsn: "DEV-ABC-12345""#, #"  type: "drone""#, #"  environment: "testing""#,
                #"  account_id: "default""#, #"  registration_token: "eyJ"#, "    -----BEGIN CERTIFICATE-----",
                #"composition: {"name":"DroneNav_v2.1","version":"2.10","modules":["input","navigation"]}"#,
            ] { #expect(made.output.contains(line), "\(line) is not in \(made.output)") }
            let directory = scratch.file("capsule-\(target[0])")
            let out = try await logdb(
                ["capsule", "create", "--dsn", "DEV-2", "--type", "robot", "--out", directory] + target)
            #expect(out.status == 0, "\(out.errors)")
            let agent = try String(contentsOfFile: directory + "/fleet.yaml", encoding: .utf8)
            #expect(agent.contains("heartbeat_interval_ms: 30000") && agent.contains(#"dsn: "DEV-2""#))
            let mode = try FileManager.default.attributesOfItem(atPath: directory + "/fleet.yaml")[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let bad = try await logdb(["capsule", "create", "--dsn", "a b", "--type", "robot"] + target)
            #expect(bad.status == 2 && bad.errors.contains("serial number"), "\(bad.errors)")
            // Nothing of a composition is left out in silence.
            try "? [a, b]\n: 1\n".write(toFile: scratch.file("bad.yaml"), atomically: true, encoding: .utf8)
            let named = ["--dsn", "D", "--type", "robot", "--composition", scratch.file("bad.yaml")]
            let unread = try await logdb(["capsule", "create"] + named + target)
            #expect(unread.status == 2 && unread.errors.contains("a name that is no text"), "\(unread.errors)")
            let list = try await logdb(["ca", "crl"] + target)
            #expect(list.output.hasPrefix("-----BEGIN X509 CRL-----"), "\(list.errors)")
            #expect(try await logdb(["ca", "revoke", "DEV-2"] + target).status == 2)
        }
        #expect(await server.stop() == 0)
    }

    @Test func theAuthoritysKeyMayHaveAPassphrase() async throws {
        let (right, wrong) = (scratch.file("right.txt"), scratch.file("wrong.txt"))
        try "correct horse\n".write(toFile: right, atomically: true, encoding: .utf8)
        try "battery staple\n".write(toFile: wrong, atomically: true, encoding: .utf8)
        let data = ["--data", scratch.file("data")]
        #expect(try await logdb(["ca", "init", "--ca-passphrase-file", right] + data).status == 0)
        let key = try String(contentsOfFile: scratch.file("data/ca/ca.key"), encoding: .utf8)
        #expect(key.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
        #expect(try await logdb(["ca", "show"] + data).output.hasPrefix("-----BEGIN CERTIFICATE-----"))
        let capsule = ["capsule", "create", "--dsn", "D", "--type", "drone"] + data
        for (options, said) in [([], "give its passphrase"), (["--ca-passphrase-file", wrong], "another passphrase")] {
            let refused = try await logdb(capsule + options)
            #expect(refused.status == 2 && refused.errors.contains(said), "\(refused.errors)")
        }
        #expect(try await logdb(capsule, environment: ["LOGDB_CA_PASSPHRASE_FILE": right]).status == 0)
        let server = try TestServer(in: scratch)
        try await server.start(["--tls", "off", "--ca-passphrase-file", right])
        let made = try await logdb(["capsule", "create", "--dsn", "E", "--type", "drone", "--server", server.url])
        #expect(made.status == 0, "\(made.errors)")
        #expect(await server.stop() == 0)
    }
}
