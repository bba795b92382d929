import Foundation
import Glibc

/// The machine that a figure was measured on.
struct Machine: Codable {
    var processor: String
    var cores: Int
    var memoryByteCount: Int
    var kernel: String
    /// How many processes wanted to run, on average over the minute before: what else was going on.
    var loadAverage: Double

    static func current() -> Machine {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        var load = 0.0
        getloadavg(&load, 1)
        return Machine(
            processor: model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            memoryByteCount: Int(ProcessInfo.processInfo.physicalMemory), kernel: release, loadAverage: load)
    }

    var text: String {
        let memory = fixed(Double(memoryByteCount) / 1_073_741_824, 1)
        return
            "\(processor), \(cores) cores, \(memory) GiB, Linux \(kernel), load \(fixed(loadAverage, 2)) at the start"
    }
}
