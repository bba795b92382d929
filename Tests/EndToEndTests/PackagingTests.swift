import Foundation
import Glibc
import Testing

/// The Debian packages, and what the service manager hears of a service.
struct PackagingTests {
    @Test func packagesHaveWhatAServiceNeeds() async throws {
        let scratch = try ScratchDirectory()
        let binaries = scratch.file("binaries")
        try FileManager.default.createDirectory(atPath: binaries, withIntermediateDirectories: true)
        for name in ["logdb", "logdb-agent"] {
            try FileManager.default.copyItem(atPath: "/bin/true", toPath: "\(binaries)/\(name)")
        }
        let made = try await run(
            "\(Binaries.checkout)/Scripts/make-deb", [binaries, "1.2.3", scratch.file("packages")], in: scratch)
        #expect(made.status == 0, "\(made.errors)")
        let packages = made.output.split(separator: "\n").map(String.init)
        #expect(packages.count == 2)
        let root = scratch.file("root")
        for package in packages {
            let unpacked = try await run("/usr/bin/dpkg-deb", ["--extract", package, root], in: scratch)
            #expect(unpacked.status == 0, "\(unpacked.errors)")
            let fields = try await run(
                "/usr/bin/dpkg-deb", ["--field", package, "Version", "Depends"], in: scratch)
            #expect(fields.output.contains("Version: 1.2.3\n") && fields.output.contains("libc6"), "\(fields.output)")
        }
        for path in [
            "usr/bin/logdb", "usr/bin/logdb-agent", "etc/logdb/logdb.yaml", "lib/systemd/system/logdb.service",
            "lib/systemd/system/logdb-agent.service", "usr/share/doc/logdb-agent/AGENT.md",
            "usr/share/bash-completion/completions/logdb", "usr/share/zsh/vendor-completions/_logdb",
            "usr/share/fish/vendor_completions.d/logdb.fish",
        ] {
            #expect(FileManager.default.fileExists(atPath: "\(root)/\(path)"), "\(path)")
        }
        let check = try await run(
            Binaries.logdb, ["check-config", "--config", "\(root)/etc/logdb/logdb.yaml"], in: scratch)
        #expect(check.status == 0 && check.errors.isEmpty, "\(check.errors)")
        try await verifyUnits(root, scratch)
    }

    /// Where systemd is there, it reads the units as they were unpacked.
    private func verifyUnits(_ root: String, _ scratch: ScratchDirectory) async throws {
        let analyze = "/usr/bin/systemd-analyze"
        guard FileManager.default.isExecutableFile(atPath: analyze) else { return }
        // What the units name, as far as they are read.
        for target in ["sysinit", "basic", "shutdown", "network-online", "multi-user"] {
            try "[Unit]\nDescription=\(target)\n".write(
                toFile: "\(root)/lib/systemd/system/\(target).target", atomically: false, encoding: .utf8)
        }
        for unit in ["logdb.service", "logdb-agent.service"] {
            let verified = try await run(
                analyze, ["--root", root, "verify", "/lib/systemd/system/\(unit)"], in: scratch)
            #expect(verified.status == 0 && verified.errors.isEmpty, "\(unit): \(verified.errors)")
        }
    }

    @Test func theServerTellsTheServiceManager() async throws {
        let scratch = try ScratchDirectory()
        let path = scratch.file("notify")
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        let server = try ChildProcess(
            Binaries.logdb,
            [
                "serve", "--data", scratch.file("data"), "--listen", "127.0.0.1:\(try TestServer.freePort())", "--auth",
                "none",
            ], output: scratch.file("server"), environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"])
        func message() -> String {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(file, &buffer, buffer.count, 0)
            return String(decoding: buffer[..<max(0, Int(count))], as: UTF8.self)
        }
        var messages: Set<String> = []
        while !messages.contains(where: { $0.hasPrefix("READY=1\nSTATUS=serves") }) { messages.insert(message()) }
        while message() != "WATCHDOG=1" {}
        server.terminate()
        while message() != "STOPPING=1" {}
        #expect(await server.wait() == 0, "\(server.errors)")
    }
}
