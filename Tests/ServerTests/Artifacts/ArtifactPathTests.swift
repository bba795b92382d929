import Foundation
import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// Paths of artifacts reach no other place than their session.
struct ArtifactPathTests {
    @Test func whatPathsAre() throws {
        for path in [
            "a", "data/waypoints.json", "screenshots/frame 0001.png", "ü/ß.txt", "..a/b", "a/...b", "-rf", "~root/x",
            "x.logs",
            "%2e%2e/x", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p", String(repeating: "x", count: 255), "log/session.log",
        ] {
            #expect(try ArtifactPath(path).text == path)
        }
        for path in [
            "", "/", "/etc/passwd", "a/", "a//b", ".", "..", "../x", "a/../b", "a/./b", "a/..", "a\\b", "..\\x", "C:/x",
            "c:x", "a\0b", "a\nb", "a/b ", " a", "a.", "logs", "logs/session.log", "LOGS/x", "nul", "COM1.txt", "a/con",
            "a*", "a?", "a|b", "<a>", "\"a\"", "\u{202e}gpj.exe", String(repeating: "x", count: 256),
            String(repeating: "x/", count: 16) + "x", String(repeating: "abcdefg/", count: 65) + "x",
        ] {
            #expect(throws: ArtifactError.self, "\(path)") { try ArtifactPath(path) }
        }
    }

    /// 500 ways to say “elsewhere”, each tried as an upload, a download, a removal and a question.
    static func payloads() -> [String] {
        let ups = [
            "../", "..\\", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "....//", "..;/", "..%00/", "..%c0%af",
            "%c0%ae%c0%ae/",
            "\u{ff0e}\u{ff0e}/", "..\u{2215}", "..\u{2044}", ".\u{200b}./", "./../", "a/../../", ".. /", "..\t/",
            "..%252f",
        ]
        let targets = [
            "etc/passwd", "victim.txt", "data/secrets/registration.key", "artifacts/x", "%2fetc%2fpasswd",
        ]
        var payloads: [String] = []
        for up in ups {
            for target in targets {
                for depth in [1, 2, 6, 12] { payloads.append(String(repeating: up, count: depth) + target) }
            }
        }
        let absolute = ["/", "//", "\\", "\\\\host\\share\\", "C:\\", "C:/", "file:///", "/proc/self/", "~/", "$HOME/"]
        for start in absolute {
            for target in targets + ["cwd/x", "environ", "a/b", "CON", "nul.txt"] { payloads.append(start + target) }
        }
        return payloads
    }

    private static let senderCount = 16

    @Test func noPathLeadsElsewhere() async throws {
        let payloads = Self.payloads()
        #expect(payloads.count >= 500 && Set(payloads).count == payloads.count)
        let outer = try ScratchDirectory()
        let victim = outer.path + "/victim.txt"
        try "untouched".write(toFile: victim, atomically: true, encoding: .utf8)
        let inner = try ScratchDirectory(path: outer.path + "/server")
        let server = try await RunningServer(in: inner)
        try await server.store([Entry(time: .now, device: "D", session: "s", message: "m")])
        func files() -> Set<String> {
            Set(
                (FileManager.default.enumerator(atPath: outer.path)?.allObjects as? [String] ?? []).filter {
                    !$0.hasPrefix("server/") && $0 != "server"
                })
        }
        let before = files()
        let route = "/api/v1/sessions/s/artifacts?path="
        let taken = try await withThrowingTaskGroup(of: Int.self) { group in
            // Those who come at once share the disk's syncs.
            for part in 0..<Self.senderCount {
                group.addTask {
                    var count = 0
                    for index in stride(from: part, to: payloads.count, by: Self.senderCount) {
                        let payload = payloads[index]
                        let path = escaped(payload)
                        let body = Array("content of \(payload)".utf8)
                        let upload = try await server.send("POST", route + path, body: body)
                        let download = try await server.send("GET", "/api/v1/sessions/s/files/download?path=\(path)")
                        if upload.status == 201 {
                            // A name that only looks like a way out is a name, and nothing else has its content.
                            #expect(download.status == 200 && download.reply.body == body, "\(payload)")
                            count += 1
                            continue
                        }
                        #expect(upload.problem == "invalid_path", "\(payload): \(upload.text)")
                        #expect(download.problem == "unknown_file", "\(payload)")
                        #expect(try await server.send("GET", route + path).problem == "invalid_path", "\(payload)")
                        #expect(try await server.send("DELETE", route + path).problem == "unknown_file", "\(payload)")
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(taken > 0 && taken < payloads.count * 2 / 3)
        #expect(files() == before)
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "untouched")
        // What is kept lies under names that are made of hashes.
        let kept = FileManager.default.enumerator(atPath: inner.path + "/artifacts")?.allObjects as? [String] ?? []
        #expect(kept.count >= taken && kept.allSatisfy { $0.allSatisfy { $0.isHexDigit || $0 == "/" } })
        let archive = try await server.send("GET", "/api/v1/sessions/s/archive")
        let unpacked = try Zip.unpack(archive.reply.body, in: outer.path + "/unpacked")
        #expect(unpacked.count == taken + 1)
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "untouched")
        #expect(files().allSatisfy { before.contains($0) || $0.hasPrefix("unpacked") })
    }
}
