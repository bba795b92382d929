import Glibc
import LogModel
import Logging
import Synchronization

/// The level that the agent has set for the module, from the file `levels` of the sinks' directory. Looked at once a
/// second, by whoever asks first, without a lock.
final class SinkLevels: Sendable {
    private let path: String
    private let module: String
    /// Seconds of the coarse clock at which the file was looked at last.
    private let looked = Atomic<Int>(Int.min)
    /// `noLevel`, or an index into `Logger.Level.allCases`.
    private let level = Atomic<Int>(SinkLevels.noLevel)

    private static let noLevel = -1

    init(directory: String, module: String) {
        path = "\(directory)/\(SinkLayout.levels)"
        self.module = module
    }

    /// The least level that is logged; nil where the agent has set none.
    var current: Logger.Level? {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        let last = looked.load(ordering: .relaxed)
        if time.tv_sec != last,
            looked.compareExchange(expected: last, desired: time.tv_sec, ordering: .relaxed).exchanged
        {
            level.store(read(), ordering: .relaxed)
        }
        let index = level.load(ordering: .relaxed)
        return index == SinkLevels.noLevel ? nil : Logger.Level.allCases[index]
    }

    private func read() -> Int {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return SinkLevels.noLevel }
        defer { close(file) }
        let text = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SinkLevels.byteCountMax) { buffer in
            let count = Glibc.read(file, buffer.baseAddress, buffer.count)
            return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
        }
        return SinkLevels.level(of: module, in: text).flatMap { Logger.Level.allCases.firstIndex(of: $0) }
            ?? SinkLevels.noLevel
    }

    /// What of the file is read.
    private static let byteCountMax = 16 << 10

    /// Reads `MODULE LEVEL` lines; a module's own goes before that of `*`.
    static func level(of module: String, in text: String) -> Logger.Level? {
        var found: Logger.Level?
        for line in text.split(separator: "\n") {
            guard let space = line.lastIndex(of: " "),
                let level = LogModel.Level(name: line[line.index(after: space)...])
            else { continue }
            if line[..<space] == module { return logger(level) }
            if line[..<space] == "*" { found = logger(level) }
        }
        return found
    }

    private static func logger(_ level: LogModel.Level) -> Logger.Level {
        switch level {
        case .debug: .trace
        case .info: .info
        case .warn: .warning
        case .error: .error
        case .fatal: .critical
        }
    }
}
