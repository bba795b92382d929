import LogDB
import LogModel

extension Fleet {
    /// What devices are told.
    struct Order: Sendable {
        var command: String
        /// A JSON object.
        var arguments = "{}"
        var lifetime: Int64 = Fleet.commandLifetime
        var attemptsMax: UInt64 = 3
    }

    /// How long a command is good that says nothing of it.
    static let commandLifetime: Int64 = 86_400_000_000
    /// How long a device that has a command may be silent before it gets it again.
    static let commandRetryTime: Int64 = 60_000_000
    /// Commands that a device gets at a time.
    private static let commandsPerPoll = 100
    /// Devices that one order reaches at most.
    static let broadcastCountMax = 5_000
    /// Bytes of arguments that one order makes rows of at most, all its devices together.
    static let broadcastByteCountMax = 16 << 20
    /// Commands of a device that have not ended.
    static let openCommandCountMax = 1_000
    /// Bytes of arguments and outputs on one page of a list, which ends with the command that passes it.
    private static let pageByteCountMax = 8 << 20
    private static let expiredPerEdit = 500

    /// Queues an order for each of the devices that are still whose they were, in one commit.
    ///
    /// - Parameter note: Goes into the same commit.
    /// - Returns: The commands' ids, at least one.
    /// - Throws: `FleetError` `.unknownDevice` when none is, `.tooManyCommands`, `.orderTooLarge`; `LogError`.
    func send(
        _ order: Order, to devices: [DeviceRecord], by author: Identities.Author,
        noting note: @escaping @Sendable (TableEditor, [UInt64]) throws(LogError) -> Void = { _, _ in }
    ) async throws -> [UInt64] {
        guard devices.count * order.arguments.utf8.count <= Fleet.broadcastByteCountMax else {
            throw FleetError(
                .orderTooLarge,
                "the arguments for \(devices.count) devices take more than \(Fleet.broadcastByteCountMax) bytes together; "
                    + "say less, or narrow the filter")
        }
        let now = clock().microseconds
        let (ids, full) = try await store.editTables { (editor) throws(LogError) -> ([UInt64], DeviceRecord?) in
            var ids: [UInt64] = []
            for device in devices {
                let open = try editor.ids(
                    CommandRecord.byOpenDevice, IndexValue.number(device.id), limit: Fleet.openCommandCountMax)
                // All get it, or none does.
                if open.count >= Fleet.openCommandCountMax { return ([], device) }
            }
            for asked in devices {
                // One that went to another account meanwhile is not told.
                guard let device = try editor.row(asked.id, of: DeviceRecord.self),
                    Fleet.isShown(device, asked.accountID)
                else { continue }
                let record = CommandRecord(
                    deviceID: device.id, accountID: device.accountID, sender: author.actor, command: order.command,
                    arguments: order.arguments, created: now, expires: now + order.lifetime,
                    attemptsMax: order.attemptsMax)
                ids.append(try editor.insert(record).id)
            }
            guard !ids.isEmpty else { return (ids, nil) }
            let target =
                devices.count == 1 ? String(decoding: devices[0].dsn, as: UTF8.self) : "\(devices.count) devices"
            try AuditLog.append(
                AuditEvent(
                    actor: author.actor, action: "command.send", target: target, address: author.address,
                    detail: order.command), in: editor)
            try note(editor, ids)
            return (ids, nil)
        }
        if let full {
            throw FleetError(
                .tooManyCommands,
                "the device “\(String(decoding: full.dsn, as: UTF8.self))” has \(Fleet.openCommandCountMax) commands that have "
                    + "not ended, which is the most; take some back, or wait")
        }
        guard !ids.isEmpty else {
            throw FleetError.unknownDevice(devices.first.map { String(decoding: $0.dsn, as: UTF8.self) } ?? "")
        }
        for device in devices { bell.ring(device.id) }
        return ids
    }

    /// The commands that a device is to have now, which count as delivered.
    func deliver(to device: UInt64) async throws(LogError) -> [CommandRecord] {
        let now = clock().microseconds
        let open = try await store.readTables { (reader) throws(LogError) in
            try reader.rows(CommandRecord.byOpenDevice, IndexValue.number(device))
        }
        let due = open.filter { Fleet.isDue($0, at: now) }.prefix(Fleet.commandsPerPoll).map(\.id)
        guard !due.isEmpty else { return [] }
        return try await store.editTables { (editor) throws(LogError) in
            var delivered: [CommandRecord] = []
            for id in due {
                guard let old = try editor.row(id, of: CommandRecord.self), Fleet.isDue(old, at: now) else { continue }
                var command = old
                if command.expires <= now {
                    command.finish(.expired, "it expired before the device answered", at: now, isDead: true)
                } else if command.attempts >= command.attemptsMax {
                    command.finish(
                        .failed, "the device did not answer after \(command.attempts) deliveries", at: now, isDead: true
                    )
                } else {
                    command.status = .delivered
                    command.attempts += 1
                    command.delivered = now
                    delivered.append(command)
                }
                try editor.update(command, replacing: old)
            }
            return delivered
        }
    }

    /// Whether something is to be done about a command when its device asks.
    private static func isDue(_ command: CommandRecord, at now: Int64) -> Bool {
        if command.expires <= now { return command.status.isOpen }
        switch command.status {
        case .queued: return true
        case .delivered: return now - (command.delivered ?? 0) >= commandRetryTime
        default: return false
        }
    }

    /// Waits until a device has commands, or the time is up.
    func awaitCommands(of device: UInt64, for time: Duration) async throws(LogError) -> [CommandRecord] {
        let id = bell.enter(device)
        defer { bell.leave(id) }
        let commands = try await deliver(to: device)
        guard commands.isEmpty, time > .zero else { return commands }
        await bell.wait(id, for: time)
        return try await deliver(to: device)
    }

    /// What a device says of a command.
    struct Report: Sendable {
        var status: CommandRecord.Status
        var output = ""
        var exitCode: Int64?
    }

    /// - Throws: `FleetError` `.unknownCommand`, `.commandFinished`; `LogError`.
    func report(_ report: Report, of id: UInt64, device: UInt64) async throws -> CommandRecord {
        let now = clock().microseconds
        let outcome = try await store.editTables { (editor) throws(LogError) -> CommandChange in
            guard let old = try editor.row(id, of: CommandRecord.self), old.deviceID == device else { return .unknown }
            // An answer that was lost is given again.
            if old.status == report.status { return .done(old) }
            guard old.status.isOpen else { return .finished(old.status) }
            var command = old
            switch report.status {
            case .failed where command.attempts < command.attemptsMax:
                command.status = .delivered
                command.delivered = now
                command.output = report.output
            case .acknowledged: command.status = .acknowledged
            default: command.finish(report.status, report.output, at: now, isDead: report.status == .failed)
            }
            command.exitCode = report.exitCode
            try editor.update(command, replacing: old)
            return .done(command)
        }
        return try outcome.get(id)
    }

    /// Takes a command back that the device has not finished.
    ///
    /// - Throws: `FleetError` `.unknownCommand`, `.commandFinished`; `LogError`.
    func cancel(_ id: UInt64, account: UInt64?, by author: Identities.Author) async throws {
        let now = clock().microseconds
        let outcome = try await store.editTables { (editor) throws(LogError) -> CommandChange in
            guard let old = try editor.row(id, of: CommandRecord.self), account == nil || old.accountID == account
            else {
                return .unknown
            }
            guard old.status.isOpen else { return .finished(old.status) }
            var command = old
            command.finish(.cancelled, "", at: now, isDead: false)
            try editor.update(command, replacing: old)
            try AuditLog.append(
                AuditEvent(
                    actor: author.actor, action: "command.cancel", target: String(id), address: author.address,
                    detail: old.command), in: editor)
            return .done(command)
        }
        _ = try outcome.get(id)
    }

    /// Sends a command again that came to nothing.
    ///
    /// - Returns: The new command's id.
    /// - Throws: `FleetError` `.unknownCommand`; `LogError`.
    func replay(_ id: UInt64, account: UInt64?, by author: Identities.Author) async throws -> UInt64 {
        let now = clock().microseconds
        let again = try await store.editTables { (editor) throws(LogError) -> CommandRecord? in
            guard let old = try editor.row(id, of: CommandRecord.self), old.isDead,
                account == nil || old.accountID == account,
                let device = try editor.row(old.deviceID, of: DeviceRecord.self),
                Fleet.isShown(device, old.accountID)
            else { return nil }
            var buried = old
            buried.isDead = false
            try editor.update(buried, replacing: old)
            try AuditLog.append(
                AuditEvent(
                    actor: author.actor, action: "command.replay", target: String(id), address: author.address,
                    detail: old.command), in: editor)
            return try editor.insert(
                CommandRecord(
                    deviceID: old.deviceID, accountID: old.accountID, sender: author.actor, command: old.command,
                    arguments: old.arguments, created: now, expires: now + (old.expires - old.created),
                    attemptsMax: old.attemptsMax))
        }
        guard let again else { throw FleetError.unknownCommand(String(id)) }
        bell.ring(again.deviceID)
        return again.id
    }

    func command(_ id: UInt64, account: UInt64?) async throws -> CommandRecord {
        let found = try await store.readTables { (reader) throws(LogError) in
            try reader.row(id, of: CommandRecord.self)
        }
        guard let found, account == nil || found.accountID == account else {
            throw FleetError.unknownCommand(String(id))
        }
        return found
    }

    /// A device's commands, the newest first; not those of whoever had it before.
    ///
    /// - Parameter before: Only those with a smaller id; 0: all.
    ///
    /// - Returns: The commands, and before which id to go on; nil at the end.
    func commands(
        of device: DeviceRecord, before: UInt64, limit: Int
    ) async throws(LogError) -> (commands: [CommandRecord], next: UInt64?) {
        try await store.readTables { (reader) throws(LogError) in
            let all = try reader.ids(CommandRecord.byDevice, IndexValue.number(device.id))
            var commands: [CommandRecord] = []
            var byteCount = 0
            for id in all.reversed() where before == 0 || id < before {
                guard let command = try reader.row(id, of: CommandRecord.self),
                    command.accountID == device.accountID
                else { continue }
                if commands.count == limit || byteCount >= Fleet.pageByteCountMax {
                    return (commands, commands.last?.id)
                }
                commands.append(command)
                byteCount += command.byteCount
            }
            return (commands, nil)
        }
    }

    /// Commands that came to nothing, by id.
    func deadCommands(
        after id: UInt64, limit: Int, account: UInt64?
    ) async throws(LogError) -> (commands: [CommandRecord], next: UInt64?) {
        try await store.readTables { (reader) throws(LogError) in
            var commands: [CommandRecord] = []
            var byteCount = 0
            var last = id
            while true {
                let ids = try reader.ids(
                    CommandRecord.byDeath, from: IndexValue.number(last + 1),
                    to: IndexValue.number(.max), limit: 1_000)
                for id in ids {
                    guard let command = try reader.row(id, of: CommandRecord.self),
                        account == nil || command.accountID == account
                    else { continue }
                    if commands.count == limit || byteCount >= Fleet.pageByteCountMax { return (commands, last) }
                    commands.append(command)
                    byteCount += command.byteCount
                    last = id
                }
                guard ids.count == 1_000 else { return (commands, nil) }
                last = max(last, ids[ids.count - 1])
            }
        }
    }

    /// Ends commands whose time is up.
    func expireCommands() async throws(LogError) {
        let now = clock().microseconds
        let ids = try await store.readTables { (reader) throws(LogError) in
            try reader.ids(
                CommandRecord.byDeadline, from: CommandRecord.deadlineKey(.min, 0),
                to: CommandRecord.deadlineKey(now, .max), limit: Fleet.expiredPerEdit)
        }
        guard !ids.isEmpty else { return }
        try await store.editTables { (editor) throws(LogError) in
            for id in ids {
                guard let old = try editor.row(id, of: CommandRecord.self), old.status.isOpen, old.expires <= now else {
                    continue
                }
                var command = old
                command.finish(.expired, "it expired before the device answered", at: now, isDead: true)
                try editor.update(command, replacing: old)
            }
        }
    }
}

extension FleetEdit {
    /// Takes back what a device was told and has not finished.
    func cancelCommands(of device: UInt64, at now: Int64) throws(LogError) {
        for id in try editor.ids(CommandRecord.byOpenDevice, IndexValue.number(device)) {
            guard let old = try editor.row(id, of: CommandRecord.self), old.status.isOpen else { continue }
            var command = old
            command.finish(.cancelled, "the device went to another account, or out of service", at: now, isDead: false)
            try editor.update(command, replacing: old)
        }
    }
}

private enum CommandChange: Sendable {
    case done(CommandRecord)
    case unknown
    case finished(CommandRecord.Status)

    func get(_ id: UInt64) throws(FleetError) -> CommandRecord {
        switch self {
        case .done(let command): return command
        case .unknown: throw FleetError.unknownCommand(String(id))
        case .finished(let status):
            throw FleetError(.commandFinished, "the command \(id) is \(status.name) already")
        }
    }
}
