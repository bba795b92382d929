import Foundation
import Glibc
import LogModel
import Testing

@testable import Agent

struct StreamInputTests {
    private let bench: InputBench
    private var path: String { bench.directory.path + "/input" }

    init() throws { bench = try InputBench() }

    private func connect() async throws -> Files.Descriptor {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if connected == 0 { return Files.Descriptor(number) }
            close(number)
            try await Task.sleep(for: .milliseconds(5))
        }
        throw POSIXError(.ECONNREFUSED)
    }

    @Test func connectionsSendLines() async throws {
        try await bench.running(InputSettings(.socket(path))) {
            let first = try await connect()
            let second = try await connect()
            try Files.write(Array("one\n{\"message\":\"two\"}\nhal".utf8), to: first.number, path: "")
            let both = try await bench.intake.awaitMessages(2)
            #expect(Set(both) == ["one", "two"])
            try Files.write(Array("three".utf8), to: second.number, path: "")
            // The end of a connection ends its last line.
            shutdown(second.number, Int32(SHUT_WR))
            let last3 = try await bench.intake.awaitMessages(3).last
            #expect(last3 == "three")
            try Files.write(Array("f\n".utf8), to: first.number, path: "")
            let last4 = try await bench.intake.awaitMessages(4).last
            #expect(last4 == "half")
        }
        #expect(!Files.exists(path))
    }

    @Test func aSocketThatWasLeftBehindIsTakenOver() async throws {
        let crashed = try UnixListener(path)
        // Somebody is there.
        #expect(throws: AgentError.self) { try UnixListener(path) }
        // Its file is there, and nobody answers.
        shutdown(crashed.file.number, Int32(SHUT_RDWR))
        try await bench.running(InputSettings(.socket(path))) {
            let connection = try await connect()
            try Files.write(Array("one\n".utf8), to: connection.number, path: "")
            try await bench.expect(["one"])
        }
        withExtendedLifetime(crashed) {}
    }

    @Test func aPipeIsReadToItsEnd() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let connection = LineConnection(Files.Descriptor(ends[0]))
        func write(_ text: String) { _ = text.withCString { Glibc.write(ends[1], $0, strlen($0)) } }
        func next() -> String {
            switch connection.next() {
            case .line(let line): String(decoding: line, as: UTF8.self)
            case .tooLong(let beginning): "too long: \(beginning.count)"
            case .nothing: "nothing"
            case .closed: "closed"
            }
        }
        #expect(next() == "nothing")
        write("a\nb")
        #expect(next() == "a" && next() == "nothing")
        write("c\n\n")
        #expect(next() == "bc" && next() == "" && next() == "nothing")
        let piece = String(repeating: "x", count: 32_768)
        var answers: Set<String> = []
        for _ in 0...(LineConnection.lineByteCountMax / 32_768) {
            write(piece)
            answers.insert(next())
        }
        #expect(answers == ["nothing", "too long: 1024"])
        write("\nend")
        close(ends[1])
        // A program that another test starts has a copy of every descriptor until it has become itself.
        func nextThatComes() -> String {
            let deadline = ContinuousClock.now + .seconds(60)
            var answer = next()
            while answer == "nothing", ContinuousClock.now < deadline {
                usleep(1_000)
                answer = next()
            }
            return answer
        }
        #expect(nextThatComes() == "end")
        #expect(nextThatComes() == "closed" && next() == "closed")
    }
}
