import Glibc
import Logging
import RemoteSink

/// A module that logs through a `RemoteSink` and says on standard output what it has logged, so that a test can end it in
/// whatever way and hold what is left against it.
///
///     SinkProcess DIRECTORY ENDPOINT|- COUNT exit|segv|wait [BYTES]
@main
struct SinkProcess {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 5, let count = Int(arguments[3]) else { exit(64) }
        var options = RemoteSinkOptions(
            module: "probe", directory: arguments[1], endpoint: arguments[2] == "-" ? nil : arguments[2])
        if arguments.count > 5, let bytes = Int(arguments[5]) { options.byteCountMax = bytes }
        let sink = try RemoteSink(options)
        LoggingSystem.bootstrap { sink.handler(label: $0) }
        let logger = Logger(label: "probe.burst")
        for number in 1...max(1, count) {
            logger.info("line \(number)", metadata: ["number": "\(number)"])
            // Written out at once: what this says was logged before.
            say("\(number)\n")
        }
        switch arguments[4] {
        case "segv": UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
        case "wait": while true { pause() }
        default: say("dropped \(sink.droppedCount)\n")
        }
    }

    private static func say(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
