import LogDB

/// What a device measured of itself: one heartbeat, or those of a stretch of time together.
struct MetricRecord: TableRecord {
    /// How fine it is, and how long it is kept. The numbers are in keys.
    enum Step: UInt32, CaseIterable, Sendable {
        case heartbeat = 0
        case fiveMinutes = 300
        case hour = 3_600

        var microseconds: Int64 { Int64(rawValue) * 1_000_000 }
        var lifetime: Int64 {
            switch self {
            case .heartbeat: 86_400_000_000
            case .fiveMinutes: 30 * 86_400_000_000
            case .hour: 365 * 86_400_000_000
            }
        }
        var name: String {
            switch self {
            case .heartbeat: "heartbeat"
            case .fiveMinutes: "5m"
            case .hour: "1h"
            }
        }

        /// The start of the stretch that a moment is in.
        func start(of time: Int64) -> Int64 {
            guard rawValue > 0 else { return time }
            let rest = time % microseconds
            return time - (rest < 0 ? rest + microseconds : rest)
        }
    }

    /// Of one measure.
    struct Summary: Sendable, Equatable {
        var count: UInt64
        var sum: Double
        var least: Double
        var most: Double

        init(_ value: Double) { (count, sum, least, most) = (1, value, value, value) }

        init(count: UInt64, sum: Double, least: Double, most: Double) {
            (self.count, self.sum, self.least, self.most) = (count, sum, least, most)
        }

        mutating func add(_ other: Summary) {
            count += other.count
            sum += other.sum
            least = min(least, other.least)
            most = max(most, other.most)
        }
    }

    var id: UInt64 = 0
    var deviceID: UInt64
    var step: Step
    /// The start of its stretch, in microseconds since the epoch.
    var time: Int64
    /// Heartbeats.
    var count: UInt64 = 1
    /// By `names`; nil where none of the heartbeats had it.
    var summaries: [Summary?]

    static let names = ["cpu_usage", "memory_usage", "disk_usage", "battery_level", "temperature"]
    static let tableNumber: UInt8 = 28
    static let tableName = "device_metrics"
    static let byTime = TableIndex<MetricRecord>(number: 1, name: "device, step, time", isUnique: true) {
        key($0.deviceID, $0.step, $0.time)
    }
    static let indexes = [byTime]

    static func key(_ device: UInt64, _ step: Step, _ time: Int64) -> [UInt8] {
        IndexValue.number(device) + withUnsafeBytes(of: step.rawValue.bigEndian) { Array($0) }
            + IndexValue.signed(time)
    }

    init(deviceID: UInt64, step: Step, time: Int64, _ vitals: DeviceVitals) {
        self.deviceID = deviceID
        self.step = step
        self.time = step.start(of: time)
        summaries = [
            vitals.cpuUsage, vitals.memoryUsage, vitals.diskUsage, vitals.batteryLevel, vitals.temperature,
        ].map { $0.map { Summary($0) } }
    }

    mutating func add(_ other: MetricRecord) {
        count += other.count
        for (index, summary) in other.summaries.enumerated() {
            guard let summary else { continue }
            if summaries[index] == nil { summaries[index] = summary } else { summaries[index]?.add(summary) }
        }
    }

    func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, deviceID)
        fields.unsigned(2, UInt64(step.rawValue))
        fields.signed(3, time)
        fields.unsigned(4, count)
        for (index, summary) in summaries.enumerated() {
            guard let summary else { continue }
            let first = UInt8(10 + 4 * index)
            fields.unsigned(first, summary.count)
            fields.number(first + 1, summary.sum)
            fields.number(first + 2, summary.least)
            fields.number(first + 3, summary.most)
        }
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let deviceID = try fields.unsigned(1) else { throw fields.missing("device") }
        guard let step = try fields.unsigned(2).flatMap({ UInt32(exactly: $0) }).flatMap({ Step(rawValue: $0) }) else {
            throw fields.missing("step")
        }
        self.id = id
        self.deviceID = deviceID
        self.step = step
        time = try fields.signed(3) ?? 0
        count = try fields.unsigned(4) ?? 0
        summaries = []
        for index in MetricRecord.names.indices {
            let first = UInt8(10 + 4 * index)
            guard let count = try fields.unsigned(first), let sum = try fields.number(first + 1),
                let least = try fields.number(first + 2), let most = try fields.number(first + 3)
            else {
                summaries.append(nil)
                continue
            }
            summaries.append(Summary(count: count, sum: sum, least: least, most: most))
        }
    }
}
