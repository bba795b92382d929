import Glibc

/// What a device says of itself when it registers.
struct DeviceInfo: Codable, Sendable, Hashable {
    var hostname: String
    var system: String
    var kernel: String
    var architecture: String
    var processors: Int
    var memoryBytes: Int64
    var agentVersion: String

    enum CodingKeys: String, CodingKey {
        case hostname, system, kernel, architecture, processors
        case memoryBytes = "memory_bytes"
        case agentVersion = "agent_version"
    }

    /// Of the machine that this runs on.
    static func current() -> DeviceInfo {
        var names = utsname()
        uname(&names)
        return DeviceInfo(
            hostname: text(names.nodename), system: text(names.sysname), kernel: text(names.release),
            architecture: text(names.machine), processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            memoryBytes: Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE))),
            agentVersion: AgentVersion.text)
    }

    /// The text of one of C's arrays of characters.
    private static func text<T>(_ characters: T) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
