import LogDB
import LogModel

/// Something that a device is told to do, and what became of it.
struct CommandRecord: TableRecord {
    enum Status: UInt8, StoredChoice {
        /// Waits for the device, for the first time or again.
        case queued = 0
        /// The device has it and has not answered.
        case delivered = 1
        /// The device is at it.
        case acknowledged = 2
        case succeeded = 3
        case failed = 4
        case expired = 5
        case cancelled = 6

        var isOpen: Bool { rawValue <= Status.acknowledged.rawValue }
    }

    var id: UInt64 = 0
    var deviceID: UInt64
    var accountID: UInt64
    /// Who sent it, as the audit log names it.
    var sender: String
    var command: String
    /// A JSON object.
    var arguments: String
    var status = Status.queued
    /// In microseconds since the epoch, as all times.
    var created: Int64
    var expires: Int64
    /// How often the device got it, and may get it.
    var attempts: UInt64 = 0
    var attemptsMax: UInt64
    /// When the device got it last, or said that it failed.
    var delivered: Int64?
    var finished: Int64?
    /// What the device, or the server, said in the end.
    var output = ""
    var exitCode: Int64?
    /// Whether it is among those that came to nothing and were not sent again.
    var isDead = false

    static let tableNumber: UInt8 = 30
    static let tableName = "commands"
    /// Open ones.
    static let byOpenDevice = TableIndex<CommandRecord>(number: 1, name: "open, device", isUnique: false) {
        $0.status.isOpen ? IndexValue.number($0.deviceID) : nil
    }
    static let byDevice = TableIndex<CommandRecord>(number: 2, name: "device", isUnique: false) {
        IndexValue.number($0.deviceID)
    }
    /// Open ones, by when they expire.
    static let byDeadline = TableIndex<CommandRecord>(number: 3, name: "open, expires", isUnique: true) {
        $0.status.isOpen ? deadlineKey($0.expires, $0.id) : nil
    }
    static let byDeath = TableIndex<CommandRecord>(number: 4, name: "dead", isUnique: true) {
        $0.isDead ? IndexValue.number($0.id) : nil
    }
    static let indexes = [byOpenDevice, byDevice, byDeadline, byDeath]

    static func deadlineKey(_ expires: Int64, _ id: UInt64) -> [UInt8] {
        IndexValue.signed(expires) + IndexValue.number(id)
    }

    init(
        deviceID: UInt64, accountID: UInt64, sender: String, command: String, arguments: String, created: Int64,
        expires: Int64, attemptsMax: UInt64
    ) {
        self.deviceID = deviceID
        self.accountID = accountID
        self.sender = sender
        self.command = command
        self.arguments = arguments
        self.created = created
        self.expires = expires
        self.attemptsMax = attemptsMax
    }

    func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, deviceID)
        fields.unsigned(2, accountID)
        fields.text(3, sender)
        fields.text(4, command)
        fields.text(5, arguments)
        fields.unsigned(6, UInt64(status.rawValue))
        fields.signed(7, created)
        fields.signed(8, expires)
        fields.unsigned(9, attempts)
        fields.unsigned(10, attemptsMax)
        if let delivered { fields.signed(11, delivered) }
        if let finished { fields.signed(12, finished) }
        if !output.isEmpty { fields.text(13, output) }
        if let exitCode { fields.signed(14, exitCode) }
        if isDead { fields.unsigned(15, 1) }
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let deviceID = try fields.unsigned(1) else { throw fields.missing("device") }
        guard let command = fields.text(4) else { throw fields.missing("command") }
        guard let status: Status = try fields.choice(6) else { throw fields.missing("status") }
        self.id = id
        self.deviceID = deviceID
        accountID = try fields.unsigned(2) ?? 0
        sender = fields.text(3) ?? ""
        self.command = command
        arguments = fields.text(5) ?? "{}"
        self.status = status
        created = try fields.signed(7) ?? 0
        expires = try fields.signed(8) ?? 0
        attempts = try fields.unsigned(9) ?? 0
        attemptsMax = try fields.unsigned(10) ?? 1
        delivered = try fields.signed(11)
        finished = try fields.signed(12)
        output = fields.text(13) ?? ""
        exitCode = try fields.signed(14)
        isDead = try fields.unsigned(15) == 1
    }

    /// Of what its device and its sender said.
    var byteCount: Int { arguments.utf8.count + output.utf8.count }

    /// Ends it.
    mutating func finish(_ status: Status, _ output: String, at now: Int64, isDead: Bool) {
        self.status = status
        self.output = output
        finished = now
        self.isDead = isDead
    }
}
