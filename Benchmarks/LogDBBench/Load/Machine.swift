import Foundation
import Glibc

/// The machine that a figure was measured on.
struct Machine: Codable {
    var processor: String
    var cores: Int
    var memoryByteCount: Int
    var kernel: String

    static func current() -> Machine {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return Machine(
            processor: model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            memoryByteCount: Int(ProcessInfo.processInfo.physicalMemory), kernel: release)
    }

    var text: String {
        "\(processor), \(cores) cores, \(fixed(Double(memoryByteCount) / 1_073_741_824, 1)) GiB, Linux \(kernel)"
    }
}
