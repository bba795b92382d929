import Glibc

/// How the device is: percent, and degrees Celsius. Nil where the device has no such thing or does not tell.
public struct DeviceVitals: Codable, Sendable, Hashable {
    public var cpuUsage: Double?
    public var memoryUsage: Double?
    public var diskUsage: Double?
    public var batteryLevel: Double?
    public var temperature: Double?

    enum CodingKeys: String, CodingKey {
        case cpuUsage = "cpu_usage"
        case memoryUsage = "memory_usage"
        case diskUsage = "disk_usage"
        case batteryLevel = "battery_level"
        case temperature
    }
}

/// Measures the device, from /proc and /sys. Processor usage is that since the last time.
struct VitalsReader: Sendable {
    /// Where /proc and /sys are: empty for the machine's own.
    private let root: String
    /// A path on the disk that counts.
    private let diskPath: String
    private var ticks: ProcText.ProcessorTicks?

    init(root: String = "", diskPath: String) {
        self.root = root
        self.diskPath = diskPath
        ticks = text("/proc/stat").flatMap { ProcText.processorTicks($0) }
    }

    mutating func read() -> DeviceVitals {
        var vitals = DeviceVitals()
        if let now = text("/proc/stat").flatMap({ ProcText.processorTicks($0) }) {
            vitals.cpuUsage = ticks.flatMap { now.usage(since: $0) }
            ticks = now
        }
        vitals.memoryUsage = text("/proc/meminfo").flatMap { ProcText.memoryUsage($0) }
        vitals.diskUsage = diskUsage()
        vitals.batteryLevel = batteryLevel()
        vitals.temperature = temperature()
        return vitals
    }

    /// As `df` counts: of what users may have.
    private func diskUsage() -> Double? {
        var status = statvfs()
        guard statvfs(diskPath, &status) == 0 else { return nil }
        let used = Double(status.f_blocks) - Double(status.f_bfree)
        let usable = used + Double(status.f_bavail)
        return usable > 0 ? 100 * used / usable : nil
    }

    /// The average of what is a battery of the device itself; a mouse's is not.
    private func batteryLevel() -> Double? {
        let supplies = "/sys/class/power_supply"
        let levels = names(supplies).compactMap { name -> Double? in
            let path = "\(supplies)/\(name)"
            guard text("\(path)/type")?.hasPrefix("Battery") == true, text("\(path)/scope")?.hasPrefix("Device") != true
            else { return nil }
            return text("\(path)/capacity").flatMap { ProcText.number($0) }.map { min(100, max(0, $0)) }
        }
        return levels.isEmpty ? nil : levels.reduce(0, +) / Double(levels.count)
    }

    /// The hottest thermal zone: what will slow the device down first.
    private func temperature() -> Double? {
        let zones = "/sys/class/thermal"
        return names(zones).filter { $0.hasPrefix("thermal_zone") }.compactMap { name in
            text("\(zones)/\(name)/temp").flatMap { ProcText.temperature($0) }
        }.max()
    }

    private func names(_ path: String) -> [String] { (try? Files.names(in: root + path)) ?? [] }

    private func text(_ path: String) -> String? {
        (try? Files.read(root + path)).map { String(decoding: $0, as: UTF8.self) }
    }
}
