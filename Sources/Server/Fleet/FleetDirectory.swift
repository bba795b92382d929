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
        /// When the server began to listen, in microseconds since the epoch.
        fileprivate var start: Int64 = 0
        private var dsns: [UInt64: [UInt8]] = [:]
        /// Of accounts other than the default one.
        private var owned: [UInt64: Set<[UInt8]>] = [:]
        /// Serial numbers of certificates that were taken back and would else be good.
        fileprivate(set) var revoked: Set<String> = []

        mutating func put(_ record: DeviceRecord) {
            if let old = devices.removeValue(forKey: record.dsn) {
                owned[old.accountID]?.remove(record.dsn)
                dsns[old.id] = nil
            }
            let isHeard = record.status == .online || record.status == .error
            watched[record.id] = isHeard && record.vitals.lastHeartbeat != nil ? record : nil
            let isOwned = record.accountID != AccountRecord.defaultID
            guard record.isRegistered || isOwned else { return }
            devices[record.dsn] = Device(record)
            dsns[record.id] = record.dsn
            if isOwned { owned[record.accountID, default: []].insert(record.dsn) }
        }

        /// Devices that have been silent for too long.
        func silent(at now: Int64) -> [UInt64] {
            watched.values.filter { Fleet.isSilent($0, at: now, since: start) }.map(\.id)
        }

        /// How many devices are online.
        var onlineCount: Int { watched.values.reduce(0) { $0 + ($1.status == .online ? 1 : 0) } }

        /// The serial numbers of an account other than the default one.
        func owned(by account: UInt64) -> Set<[UInt8]> { owned[account] ?? [] }
    }

    private let contents = Mutex(Contents())

    func load(_ store: LogStore, now: Timestamp) async throws(LogError) {
        let loaded = try await store.readTables { (reader) throws(LogError) in
            var contents = Contents()
            try reader.forEach(of: DeviceRecord.self) { (device) throws(LogError) in
                contents.put(device)
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
        contents.withLock { contents in
            let start = contents.start == 0 ? now.microseconds : contents.start
            contents = loaded
            contents.start = start
        }
    }

    func read<R>(_ body: (Contents) -> sending R) -> sending R { contents.withLock { body($0) } }

    func put(_ devices: [DeviceRecord], revoked: [String]) {
        contents.withLock { contents in
            for device in devices { contents.put(device) }
            contents.revoked.formUnion(revoked)
        }
    }

    func silent(at now: Int64) -> [UInt64] { contents.withLock { $0.silent(at: now) } }
    var onlineCount: Int { contents.withLock { $0.onlineCount } }
    var start: Int64 { contents.withLock { $0.start } }

    func isRevoked(_ serial: String) -> Bool { contents.withLock { $0.revoked.contains(serial) } }

    /// The account of a device; the default one's is every device that no other has.
    func account(of dsn: [UInt8]) -> UInt64 {
        read { $0.devices[dsn]?.accountID ?? AccountRecord.defaultID }
    }
}
