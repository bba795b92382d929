import Foundation
import Glibc
import ServiceNotify
import Testing

/// A service manager's socket, of the test's own.
private final class NotifySocket {
    let path: String
    private let file: Int32
    private let isAbstract: Bool

    init(isAbstract: Bool = false) throws {
        self.isAbstract = isAbstract
        let name = NSTemporaryDirectory() + "/notify-\(UUID().uuidString.prefix(8))"
        path = isAbstract ? "@logdb-\(UUID().uuidString)" : name
        file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        if isAbstract { address.sun_path.0 = 0 }
        let length = socklen_t(2 + bytes.count + (isAbstract ? 0 : 1))
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, length) }
        }
        guard bound == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    }

    deinit {
        close(file)
        if !isAbstract { unlink(path) }
    }

    /// The next message; nil where none comes.
    func message(flags: Int32 = 0) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(file, &buffer, buffer.count, flags)
        return count >= 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}

struct ServiceNotifierTests {
    private func notifier(_ variables: [String: String]) -> ServiceNotifier? {
        ServiceNotifier(environment: { variables[$0] }, process: 42)
    }

    @Test(arguments: [false, true]) func messagesReachTheServiceManager(isAbstract: Bool) throws {
        let socket = try NotifySocket(isAbstract: isAbstract)
        let notifier = try #require(self.notifier(["NOTIFY_SOCKET": socket.path]))
        #expect(notifier.watchdogInterval == nil)
        notifier.ready(status: "serves\nall")
        #expect(socket.message() == "READY=1\nSTATUS=serves all")
        notifier.status("busy")
        #expect(socket.message() == "STATUS=busy")
        notifier.watchdog()
        #expect(socket.message() == "WATCHDOG=1")
        notifier.stopping()
        #expect(socket.message() == "STOPPING=1")
    }

    @Test func withoutAServiceManagerThereIsNoNotifier() {
        for path in [nil, "", "relative", "/" + String(repeating: "x", count: 200)] {
            #expect(notifier(path.map { ["NOTIFY_SOCKET": $0] } ?? [:]) == nil)
        }
        // One that has gone is no reason to fail.
        notifier(["NOTIFY_SOCKET": "/nowhere/notify"])?.watchdog()
    }

    @Test func theWatchdogIsForOneProcess() throws {
        let socket = "/run/notify"
        #expect(
            notifier(["NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "3000000"])?.watchdogInterval == .milliseconds(1_500))
        #expect(
            notifier(["NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "42"])?.watchdogInterval
                == .milliseconds(1_500))
        for variables in [
            ["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "43"], ["WATCHDOG_USEC": "x"], ["WATCHDOG_USEC": "0"],
        ] {
            #expect(notifier(variables.merging(["NOTIFY_SOCKET": socket]) { $1 })?.watchdogInterval == nil)
        }
    }

    @Test func theWatchIsKeptWhileTheServiceWorks() async throws {
        let socket = try NotifySocket()
        let notifier = try #require(self.notifier(["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "2000"]))
        let watch = Task { await notifier.keepWatch() }
        for _ in 1...3 { #expect(socket.message() == "WATCHDOG=1") }
        watch.cancel()
        await watch.value
        while socket.message(flags: Int32(MSG_DONTWAIT)) != nil {}
        let failing = Task { await notifier.keepWatch { false } }
        try await Task.sleep(for: .milliseconds(20))
        failing.cancel()
        await failing.value
        #expect(socket.message(flags: Int32(MSG_DONTWAIT)) == nil)
    }
}
