import Foundation
import HTTPTransport
import Testing

/// `logdb keys`, `serve --encryption-keys`, `admin rekey`, and what lies on the disk then.
@Suite(.serialized) struct EncryptionCommandTests {
    private static let secret = "mauve-heron"
    private let scratch: ScratchDirectory
    private let server: TestServer
    private var keys: String { scratch.file("keys") }

    init() throws {
        scratch = try ScratchDirectory()
        server = try TestServer(in: scratch)
    }

    private func logdb(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        try await run(Binaries.logdb, arguments, in: scratch)
    }

    /// The files of a directory that have the text in them.
    private func files(of directory: String, with text: String) throws -> [String] {
        let path = scratch.file(directory)
        let names = FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []
        return names.filter {
            FileManager.default.contents(atPath: path + "/" + $0)?.range(of: Data(text.utf8)) != nil
        }
    }

    private func fileCount(of directory: String) -> Int {
        let path = scratch.file(directory)
        let names = FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []
        return names.filter {
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(atPath: path + "/" + $0, isDirectory: &isDirectory)
                && !isDirectory.boolValue
        }.count
    }

    private func ingest(_ number: Int) async throws {
        let line = #"{"device":"ROB-1","time":"2025-01-03T00:00:00Z","message":"\#(Self.secret) \#(number)"}"#
        let file = scratch.file("line-\(number)")
        try line.write(toFile: file, atomically: true, encoding: .utf8)
        let ingest = try await logdb("ingest", file, "--server", server.url)
        #expect(ingest.status == 0, "\(ingest.errors)")
    }

    private func download() async throws -> String {
        let reply = try await HTTPTransport().send(
            HTTPCall(url: server.url + "/api/v1/sessions/Run/files/download?path=notes.txt"))
        return String(decoding: reply.body, as: UTF8.self)
    }

    @Test func objectsAreEncryptedAndComeUnderAnotherKey() async throws {
        let made = try await logdb("keys", "new", keys)
        #expect(made.status == 0 && made.output.hasSuffix("is the newest in \(keys)\n"), "\(made.errors)")
        try await server.start(["--encryption-keys", keys])
        try await ingest(1)
        try await server.upload(Array("the \(Self.secret) file".utf8), "notes.txt", session: "Run", device: "ROB-1")
        let tier = try await logdb("admin", "tier", "--now", "--server", server.url)
        #expect(tier.status == 0, "\(tier.errors)")
        let backup = try await logdb("admin", "backup", "--to", scratch.file("backups"), "--server", server.url)
        #expect(backup.status == 0, "\(backup.errors)")
        for directory in ["data/cold", "data/artifacts", "backups"] {
            #expect(fileCount(of: directory) > 0)
            #expect(try files(of: directory, with: "LDBCRYPT").count == fileCount(of: directory))
            #expect(try files(of: directory, with: Self.secret) == [])
        }
        #expect(try await server.export("mauve").count == 1)
        #expect(try await download() == "the \(Self.secret) file")
        #expect(try await logdb("admin", "verify", "--server", server.url).status == 0)

        // A file that has lost the key in use is refused, and the server goes on as it was.
        let old = try String(contentsOfFile: keys, encoding: .utf8)
        #expect(try await logdb("keys", "new", scratch.file("others")).status == 0)
        let other = try String(contentsOfFile: scratch.file("others"), encoding: .utf8)
        try other.write(toFile: keys, atomically: false, encoding: .utf8)
        let refused = try await logdb("admin", "rekey", "--server", server.url)
        #expect(refused.status == 2 && refused.errors.contains("no longer has"), "\(refused.errors)")
        #expect(try await server.export("mauve").count == 1)
        #expect(try await download() == "the \(Self.secret) file")
        try old.write(toFile: keys, atomically: false, encoding: .utf8)

        // A new key, and the old one gone.
        #expect(try await logdb("keys", "new", keys).status == 0)
        let rekey = try await logdb(
            "admin", "rekey", "--backups", scratch.file("backups"), "--server", server.url)
        #expect(rekey.status == 0, "\(rekey.errors)")
        #expect(rekey.output.contains("are under the newest key"), "\(rekey.output)")
        try await ingest(2)
        #expect(await server.stop() == 0)
        let both = try String(contentsOfFile: keys, encoding: .utf8)
        #expect(both.hasPrefix(old))
        try String(both.dropFirst(old.count)).write(toFile: keys, atomically: false, encoding: .utf8)
        let listed = try await logdb("keys", "list", keys)
        #expect(listed.output.split(separator: "\n").count == 1)
        let verified = try await logdb("admin", "verify", "--data", scratch.file("data"), "--encryption-keys", keys)
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
        try await server.start(["--encryption-keys", keys])
        #expect(try await server.export("mauve").count == 2)
        #expect(try await download() == "the \(Self.secret) file")
        #expect(await server.stop() == 0)

        // Out of the backup, which came under the new key too.
        let restored = try await logdb(
            "admin", "restore", "--from", scratch.file("backups"), "--data", scratch.file("restored"),
            "--encryption-keys", keys)
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try files(of: "restored/artifacts", with: Self.secret) == [])
        let found = try await logdb(
            "export", "mauve", "--data", scratch.file("restored"), "--format", "ndjson", "--encryption-keys", keys)
        #expect(found.output.contains(Self.secret), "\(found.errors)")
    }

    @Test func withoutTheKeysNothingIsTouched() async throws {
        #expect(try await logdb("keys", "new", keys).status == 0)
        try await server.start(["--encryption-keys", keys])
        try await ingest(1)
        #expect(try await logdb("admin", "tier", "--now", "--server", server.url).status == 0)
        #expect(
            try await logdb("admin", "backup", "--to", scratch.file("backups"), "--server", server.url).status == 0)
        #expect(await server.stop() == 0)
        let refused = try await logdb("query", "mauve", "--data", scratch.file("data"))
        #expect(refused.status == 2 && refused.errors.contains("--encryption-keys"), "\(refused.errors)")
        let restore = try await logdb(
            "admin", "restore", "--from", scratch.file("backups"), "--data", scratch.file("restored"))
        #expect(restore.status == 2 && restore.errors.contains("--encryption-keys"), "\(restore.errors)")

        #expect(try await logdb("keys", "new", scratch.file("others")).status == 0)
        let others = try await run(
            Binaries.logdb, ["admin", "verify", "--data", scratch.file("data")], in: scratch,
            environment: ["LOGDB_ENCRYPTION_KEYS": scratch.file("others")])
        #expect(others.status == 2 && others.errors.contains("does not have"), "\(others.errors)")
        let wrong = try await logdb(
            "admin", "restore", "--from", scratch.file("backups"), "--data", scratch.file("restored"),
            "--encryption-keys", scratch.file("others"))
        #expect(wrong.status == 2 && wrong.errors.contains("does not have"), "\(wrong.errors)")
        let found = try await run(
            Binaries.logdb, ["query", "since:1970-01-01 mauve", "--data", scratch.file("data")], in: scratch,
            environment: ["LOGDB_ENCRYPTION_KEYS": keys])
        #expect(found.status == 0 && found.output.contains(Self.secret), "\(found.errors)")
    }

    @Test func aServerWithoutKeysCannotChangeThem() async throws {
        try await server.start()
        let refused = try await logdb("admin", "rekey", "--server", server.url)
        #expect(refused.status == 2 && refused.errors.contains("--encryption-keys"), "\(refused.errors)")
        #expect(await server.stop() == 0)
        // Keys that come later: what is there is encrypted by and by.
        try await server.start()
        try await ingest(1)
        try await server.upload(Array("the \(Self.secret) file".utf8), "notes.txt", session: "Run", device: "ROB-1")
        #expect(try await logdb("admin", "tier", "--now", "--server", server.url).status == 0)
        #expect(await server.stop() == 0)
        #expect(try files(of: "data/artifacts", with: Self.secret).count == 1)
        #expect(try await logdb("keys", "new", keys).status == 0)
        try await server.start(["--encryption-keys", keys])
        #expect(try await server.export("mauve").count == 1)
        let rekey = try await logdb("admin", "rekey", "--server", server.url)
        // A place that was misspelt is not taken for one whose backups are all done.
        let misspelt = try await logdb(
            "admin", "rekey", "--backups", scratch.file("empty"), "--server", server.url)
        #expect(misspelt.status == 2 && misspelt.errors.contains("no whole backup"), "\(misspelt.errors)")
        #expect(rekey.output.hasPrefix("3 objects are under the newest key: 0 were under another, 3 were not"))
        for directory in ["data/cold", "data/artifacts"] {
            #expect(try files(of: directory, with: "LDBCRYPT").count == fileCount(of: directory))
        }
        #expect(try await server.export("mauve").count == 1)
        #expect(try await download() == "the \(Self.secret) file")
        #expect(await server.stop() == 0)
    }
}
