import Glibc
import LogModel

/// What the device's clocks say at one moment.
struct DeviceClocks: Codable, Hashable, Sendable {
    /// Drawn by the kernel at each start of the system.
    var boot: String
    /// The time of day less the time since that start, in microseconds since the epoch: when the system was started, by
    /// the clock that may be set. It stays the same until that clock is set.
    var start: Int64

    static func now() -> DeviceClocks {
        DeviceClocks(boot: currentBoot, start: WallClock.now().microseconds - Uptime.now())
    }

    private static let currentBoot = boot()

    private static func boot() -> String {
        guard let bytes = try? Files.read("/proc/sys/kernel/random/boot_id") else { return "" }
        return String(String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" })
    }
}

/// Time since the system was started, sleep included, in microseconds. Nobody sets it.
enum Uptime {
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
