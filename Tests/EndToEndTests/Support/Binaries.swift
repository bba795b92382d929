import FaultRun
import Foundation

/// The executables under test: those that were built with the tests, in the folder of the test runner.
enum Binaries {
    static let logdb = directory + "/logdb"
    static let agent = directory + "/logdb-agent"
    static let bench = directory + "/logdb-bench"

    static let directory: String = {
        if let given = ProcessInfo.processInfo.environment["LOGDB_TEST_BIN"] { return given }
        let runner =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: runner).deletingLastPathComponent().path
    }()

    /// The root of the checkout.
    static let checkout: String = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    /// Whether the long forms of the fault tests were asked for.
    static let isLong = FaultRun.isLong
}
