import LogDB
import LogModel
import Synchronization

/// What requests are judged by of the devices that registered or were given to an account, in memory.
final class FleetDirectory: Sendable {
    struct Device: Sendable {
        var id: UInt64
        var dsn: [UInt8]
        var accountID: UInt64

        init(_ record: DeviceRecord) {
            id = record.id
            dsn = record.dsn
            accountID = record.accountID
        }
    }

    struct Contents: Sendable {
        private(set) var devices: [[UInt8]: Device] = [:]
        /// Those that are to be heard of by a time.
        private var watched: [UInt64: DeviceRecord] = [:]
        /// When they were last heard, or the server began to listen, by a clock that nobody sets.
        private var heard: [UInt64: Int64] = [:]
        private var dsns: [UInt64: [UInt8]] = [:]
        /// How often something was put, so that what is read meanwhile is not taken for the newest.
        fileprivate var version: UInt64 = 0
        /// How often the devices of an account other than the default one changed.
        private var scopeVersions: [UInt64: UInt64] = [:]
        /// Of accounts other than the default one.
        private var owned: [UInt64: Set<[UInt8]>] = [:]
        /// Serial numbers of certificates that were taken back and would else be good.
        fileprivate(set) var revoked: Set<String> = []

        /// - Parameter now: By the clock that nobody sets.
        mutating func put(_ record: DeviceRecord, at now: Int64) {
            let old = devices.removeValue(forKey: record.dsn)
            if let old {
                dsns[old.id] = nil
                if old.accountID != record.accountID, owned[old.accountID]?.remove(record.dsn) != nil {
                    scopeVersions[old.accountID, default: 0] += 1
                }
            }
            watched[record.id] = record.isToBeHeard && record.vitals.lastHeartbeat != nil ? record : nil
            heard[record.id] = watched[record.id] == nil ? nil : heard[record.id] ?? now
            let isOwned = record.accountID != AccountRecord.defaultID
            guard record.isRegistered || isOwned else { return }
            devices[record.dsn] = Device(record)
            dsns[record.id] = record.dsn
            if isOwned, owned[record.accountID, default: []].insert(record.dsn).inserted {
                scopeVersions[record.accountID, default: 0] += 1
            }
        }

        /// A device spoke.
        mutating func hear(_ device: UInt64, at now: Int64) { heard[device] = now }

        /// Devices that have been silent for too long, by id.
        func silent(at now: Int64) -> [UInt64] {
            watched.values.filter { isSilent($0, at: now) }.map(\.id).sorted()
        }

        func isSilent(_ device: DeviceRecord, at now: Int64) -> Bool {
            guard device.isToBeHeard, let last = heard[device.id] else { return false }
            return now - last >= Fleet.silenceMax(device)
        }

        /// How many devices are online.
        var onlineCount: Int { watched.values.reduce(0) { $0 + ($1.status == .online ? 1 : 0) } }

        /// What an account sees is what it saw while this stays.
        func scopeVersion(of account: UInt64) -> UInt64 { scopeVersions[account] ?? 0 }

        /// Takes over what goes on whatever is read anew.
        fileprivate mutating func goOn(from old: Contents) {
            heard.merge(old.heard) { $1 }
            version = old.version + 1
            // A certificate that was taken back stays so.
            revoked.formUnion(old.revoked)
            scopeVersions = old.scopeVersions.merging(scopeVersions) { $0 + $1 + 1 }
        }

        /// The serial numbers of an account other than the default one.
        func owned(by account: UInt64) -> Set<[UInt8]> { owned[account] ?? [] }
    }

    private let contents = Mutex(Contents())
    private let monotonicClock: @Sendable () -> Int64

    /// - Parameter monotonicClock: In microseconds; goes on evenly whatever becomes of the system's time.
    init(monotonicClock: @escaping @Sendable () -> Int64) { self.monotonicClock = monotonicClock }

    /// Reads what is stored; again where something was put meanwhile.
    func load(_ store: LogStore, now: Timestamp) async throws(LogError) {
        while true {
            let before = contents.withLock { $0.version }
            let stored = try await read(store, now)
            let isNewest = contents.withLock { contents in
                guard contents.version == before else { return false }
                var loaded = stored
                loaded.goOn(from: contents)
                contents = loaded
                return true
            }
            if isNewest { return }
        }
    }

    private func read(_ store: LogStore, _ now: Timestamp) async throws(LogError) -> Contents {
        let start = monotonicClock()
        return try await store.readTables { (reader) throws(LogError) in
            var contents = Contents()
            try reader.forEach(of: DeviceRecord.self) { (device) throws(LogError) in
                contents.put(device, at: start)
                return true
            }
            try reader.forEach(of: CertificateRecord.self) { (certificate) throws(LogError) in
                if certificate.revoked != nil, certificate.expires > now.microseconds {
                    contents.revoked.insert(certificate.serial)
                }
                return true
            }
            return contents
        }
    }

    func read<R>(_ body: (Contents) -> sending R) -> sending R { contents.withLock { body($0) } }

    func put(_ devices: [DeviceRecord], revoked: [String]) {
        let now = monotonicClock()
        contents.withLock { contents in
            contents.version += 1
            for device in devices { contents.put(device, at: now) }
            contents.revoked.formUnion(revoked)
        }
    }

    /// A device spoke.
    func hear(_ device: UInt64) {
        let now = monotonicClock()
        contents.withLock { $0.hear(device, at: now) }
    }

    var silent: [UInt64] {
        let now = monotonicClock()
        return contents.withLock { $0.silent(at: now) }
    }

    func isSilent(_ device: DeviceRecord) -> Bool {
        let now = monotonicClock()
        return contents.withLock { $0.isSilent(device, at: now) }
    }
    var onlineCount: Int { contents.withLock { $0.onlineCount } }

    func isRevoked(_ serial: String) -> Bool { contents.withLock { $0.revoked.contains(serial) } }

    /// The account of a device; the default one's is every device that no other has.
    func account(of dsn: [UInt8]) -> UInt64 {
        read { $0.devices[dsn]?.accountID ?? AccountRecord.defaultID }
    }
}
