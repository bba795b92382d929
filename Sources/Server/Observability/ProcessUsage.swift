import Glibc

/// What the process uses, as the operating system counts it.
struct ProcessUsage {
    /// User and system time, in seconds.
    var cpuSeconds: Double
    var residentByteCount: UInt64
    var openFileCount: UInt64

    static var now: ProcessUsage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return ProcessUsage(
            cpuSeconds: Double(seconds) + Double(microseconds) / 1_000_000,
            residentByteCount: residentByteCount, openFileCount: openFileCount)
    }

    /// The second number of `/proc/self/statm` (proc(5)), in pages; 0 where there is no such file.
    private static var residentByteCount: UInt64 {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let numbers = text.split(separator: " ")
        guard numbers.count > 1, let pages = UInt64(numbers[1]) else { return 0 }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static var openFileCount: UInt64 {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count: UInt64 = 0
        while readdir(directory) != nil { count += 1 }
        // Not `.`, `..` and the directory itself.
        return count - min(count, 3)
    }
}
