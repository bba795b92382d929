public import LogDB
import LogModel
import Synchronization

/// The devices of a store. Every change is durable and in the audit log when its call returns.
public final class Fleet: Sendable {
    let store: LogStore
    let directory: FleetDirectory
    /// What time it is.
    let clock: @Sendable () -> Timestamp
    /// Signs registration tokens.
    let registrationKey: SigningKey
    /// Rings where a device has commands.
    let bell = CommandBell()
    /// Called with the serial numbers of certificates that were taken back.
    let onRevoke = Mutex<@Sendable (Set<String>) -> Void>({ _ in })

    /// Reads what is stored.
    ///
    /// - Throws: `ServerError` `.secrets`; `LogError`.
    public convenience init(_ store: LogStore) async throws {
        try await self.init(
            store, dataDirectory: store.directory, clock: { .now },
            monotonicClock: { ServerConfiguration.monotonicMicroseconds })
    }

    /// - Parameter monotonicClock: By which silence is measured.
    init(
        _ store: LogStore, dataDirectory: String, clock: @escaping @Sendable () -> Timestamp,
        monotonicClock: @escaping @Sendable () -> Int64
    ) async throws {
        self.store = store
        directory = FleetDirectory(monotonicClock: monotonicClock)
        self.clock = clock
        let seed = try SecretFile.read("registration.key", count: SigningKey.seedByteCount, in: dataDirectory)
        guard let key = SigningKey(seed: seed) else {
            throw ServerError(.secrets, "OpenSSL does not take the registration key in \(dataDirectory)")
        }
        registrationKey = key
        try await directory.load(store, now: clock())
    }

    /// Changes rows of devices and keeps the directory up to date with `FleetEdit.put`; when nothing was written the
    /// directory is read anew.
    func changing<R: Sendable>(
        _ body: @escaping @Sendable (FleetEdit) throws(LogError) -> R
    ) async throws(LogError) -> R {
        let directory = directory
        let isPut = Mutex(false)
        do {
            let (result, revoked) = try await store.editTables { (editor) throws(LogError) in
                let edit = FleetEdit(editor: editor)
                let result = try body(edit)
                directory.put(edit.changed, revoked: edit.revoked)
                isPut.withLock { $0 = true }
                return (result, edit.revoked)
            }
            if !revoked.isEmpty { onRevoke.withLock { $0 }(Set(revoked)) }
            return result
        } catch {
            // What was put there was not written.
            if isPut.withLock({ $0 }) { try? await directory.load(store, now: clock()) }
            throw error
        }
    }

    // MARK: Reading

    /// A device by its id or its serial number.
    ///
    /// - Parameters:
    ///   - account: Whose it must be; nil: anybody's.
    ///   - isSerialNumber: Whether it can be no id.
    /// - Throws: `FleetError` `.unknownDevice`; `LogError`.
    public func device(
        _ reference: String, account: UInt64? = nil, isSerialNumber: Bool = false
    ) async throws -> DeviceRecord {
        let found = try await store.readTables { (reader) throws(LogError) in
            if !isSerialNumber, let id = UInt64(reference), let device = try reader.row(id, of: DeviceRecord.self),
                Fleet.isShown(device, account)
            {
                return device as DeviceRecord?
            }
            let device = try reader.row(DeviceRecord.byDSN, Array(reference.utf8))
            return device.flatMap { Fleet.isShown($0, account) ? $0 : nil }
        }
        guard let found else { throw FleetError.unknownDevice(reference) }
        return found
    }

    static func isShown(_ device: DeviceRecord, _ account: UInt64?) -> Bool {
        device.decommissionedAt == nil && (account == nil || device.accountID == account)
    }

    /// A page of a list of devices, by id.
    ///
    /// - Returns: The devices, and after which id to go on; nil at the end.
    public func devices(
        _ filter: DeviceFilter, after id: UInt64 = 0, limit: Int
    ) async throws(LogError) -> (devices: [DeviceRecord], next: UInt64?) {
        try await store.readTables { (reader) throws(LogError) in
            try reader.devices(filter, after: id, limit: limit)
        }
    }

    // MARK: Changing

    /// What an operator changes of a device; nil is what stays.
    public struct Changes: Sendable, Equatable {
        public var name: String?
        public var type: DeviceType?
        public var environment: DeviceEnvironment?
        public var status: DeviceStatus?
        public var accountID: UInt64?

        public init() {}

        /// As the audit log has it.
        var detail: String {
            [
                name.map { "name \($0)" }, type.map { "type \($0.name)" },
                environment.map { "environment \($0.name)" }, status.map { "status \($0.name)" },
                accountID.map { "account \($0)" },
            ].compactMap { $0 }.joined(separator: ", ")
        }
    }

    /// - Throws: `FleetError`; `LogError`.
    public func update(
        _ reference: String, _ changes: Changes, account: UInt64? = nil, by author: Identities.Author
    ) async throws -> DeviceRecord {
        if let name = changes.name { try FleetRules.checkName(name) }
        let id = try await device(reference, account: account).id
        let now = clock().microseconds
        let updated = try await changing { (edit) throws(LogError) -> DeviceRecord? in
            guard let old = try edit.device(id, account: account) else { return nil }
            var device = old
            device.name = changes.name ?? old.name
            device.type = changes.type ?? old.type
            device.environment = changes.environment ?? old.environment
            device.status = changes.status ?? old.status
            if let status = changes.status { device.isHeld = status == .maintenance }
            device.accountID = changes.accountID ?? old.accountID
            guard device != old else { return old }
            if device.accountID != old.accountID {
                // Whose it was has copies of its keys, and has told it things to do.
                try edit.revokeCertificates(of: old, at: now)
                try edit.cancelCommands(of: id, at: now)
            }
            try edit.update(device, replacing: old)
            try edit.note("device.update", device, by: author, detail: changes.detail)
            return device
        }
        guard let updated else { throw FleetError.unknownDevice(reference) }
        return updated
    }

    /// Takes a device out of service: it is listed no more, and what it shows of itself is refused. Its entries stay.
    ///
    /// - Throws: `FleetError` `.unknownDevice`; `LogError`.
    public func decommission(
        _ reference: String, account: UInt64? = nil, by author: Identities.Author
    ) async throws {
        let id = try await device(reference, account: account).id
        let now = clock().microseconds
        let isDone = try await changing { (edit) throws(LogError) in
            guard let old = try edit.device(id, account: account) else { return false }
            try edit.revokeCertificates(of: old, at: now)
            try edit.cancelCommands(of: id, at: now)
            var device = old
            device.isRegistered = false
            device.status = .offline
            device.isHeld = false
            device.decommissionedAt = now
            try edit.update(device, replacing: old)
            try edit.note("device.decommission", device, by: author)
            return true
        }
        guard isDone else { throw FleetError.unknownDevice(reference) }
    }
}
