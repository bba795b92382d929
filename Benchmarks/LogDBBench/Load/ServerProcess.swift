import Foundation
import Glibc

/// A real server process on a data directory of its own.
final class ServerProcess {
    let port: UInt16
    let directory: String
    /// From its start until it was ready to serve.
    private(set) var readySeconds = 0.0
    private let process = Process()
    private let logPath: String

    var data: String { "\(directory)/data" }

    /// Starts `binary` on a free port of 127.0.0.1 and waits until it is ready.
    ///
    /// - Parameter directory: Has, or gets, the data directory and the server's output.
    init(binary: String, directory: String, authentication: String = "none") throws {
        self.directory = directory
        port = try ServerProcess.freePort()
        logPath = "\(directory)/server.log"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: logPath, contents: nil),
            let log = FileHandle(forWritingAtPath: logPath)
        else { throw LoadError("cannot write \(logPath)") }
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = ["serve", "--data", data, "--listen", "127.0.0.1:\(port)", "--auth", authentication]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = log
        process.standardError = log
        let start = ContinuousClock.now
        do { try process.run() } catch { throw LoadError("cannot run \(binary): \(error)") }
        try waitUntilReady()
        readySeconds = (ContinuousClock.now - start).seconds
    }

    /// Ends the server at once, as the loss of its process would; it gets no chance to write anything.
    func killNow() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks the server to stop and waits for it; after half a minute it is killed.
    func stop() {
        process.terminate()
        let deadline = ContinuousClock.now + .seconds(30)
        while process.isRunning && ContinuousClock.now < deadline { usleep(1_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// Processor time of the server so far, user and system, in seconds (to the kernel's tick, mostly 10 ms).
    func processorSeconds() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
        // The fields are counted from the closing parenthesis: the program's name before it may hold anything.
        let fields = text[text.lastIndex(of: ")")!...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw LoadError("cannot read the server's processor time")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The most memory that was ever resident in the server, or since it was forgotten, in bytes.
    func peakResidentByteCount() throws -> Int { try memory("VmHWM:") }

    /// The memory that is resident now, in bytes.
    func residentByteCount() throws -> Int { try memory("VmRSS:") }

    /// Lets the peak begin anew at what is resident now.
    func forgetPeak() throws {
        do {
            try "5".write(toFile: "/proc/\(process.processIdentifier)/clear_refs", atomically: false, encoding: .utf8)
        } catch {
            throw LoadError("cannot let the server's peak of memory begin anew: \(error)")
        }
    }

    private func memory(_ name: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let kibibytes = Int(line.split(whereSeparator: { $0 == " " || $0 == "\t" })[1])
        else { throw LoadError("cannot read the server's resident size") }
        return kibibytes << 10
    }

    /// What the server had written to storage so far, in bytes, as the kernel counts it; nil where it does not tell.
    func writtenByteCount() -> Int? {
        let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/io", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix("write_bytes:") }
        return line.flatMap { Int($0.split(separator: " ")[1]) }
    }

    /// The sizes of all files in the data directory, in bytes.
    func directoryByteCount() throws -> Int {
        var total = 0
        guard let files = FileManager.default.enumerator(atPath: data) else { throw LoadError("cannot list \(data)") }
        while let name = files.nextObject() as? String {
            var status = Glibc.stat()
            // A file that the server removed since it was listed counts nothing.
            guard lstat("\(data)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            total += Int(status.st_size)
        }
        return total
    }

    private func waitUntilReady() throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            guard process.isRunning else { break }
            if let status = try? ready(), status == 200 { return }
            usleep(1_000)
        }
        let output = (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
        process.terminate()
        throw LoadError("the server did not become ready; it said:\n\(output)")
    }

    private func ready() throws -> Int {
        var connection = try HTTPConnection(port: port)
        return try connection.exchange(HTTPConnection.request("GET", "/ready")).status
    }

    private static func freePort() throws -> UInt16 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw LoadError.system("socket") }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard named else { throw LoadError.system("no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
