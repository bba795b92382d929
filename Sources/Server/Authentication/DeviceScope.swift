import LogDB
import LogModel

/// The devices whose entries a principal may see and store: those of the own account.
enum DeviceScope: Sendable, Equatable {
    case everything
    /// By name, exactly.
    case devices(Set<[UInt8]>)

    /// What entries must pass; nil where all do.
    var filter: Filter? {
        switch self {
        case .everything: nil
        case .devices(let names): .any(names.map { .value(.device, .equals($0, caseSensitive: true)) })
        }
    }

    func contains(_ device: [UInt8]) -> Bool {
        switch self {
        case .everything: true
        case .devices(let names): names.contains(device)
        }
    }

    /// - Throws: `Problem` 403 `foreign_device` for a batch with entries of other devices.
    func check(_ batch: Batch, _ identity: BatchIdentity?) throws(Problem) {
        guard case .devices(let names) = self else { return }
        var devices = Set(batch.devices).map { batch.strings[Int($0)] }
        if let identity { devices.append(Array(identity.device.utf8)) }
        guard let foreign = devices.first(where: { !names.contains($0) }) else { return }
        throw Problem(
            403, "foreign_device",
            "The device “\(String(decoding: foreign, as: UTF8.self))” is not one of your account's; nothing was stored."
        )
    }
}

extension FleetDirectory {
    /// The account `default` sees all devices, and owns those that no other has.
    func scope(of principal: Principal?) -> DeviceScope {
        guard let principal else { return .devices([]) }
        if principal.kind == .device { return .devices([Array(principal.name.utf8)]) }
        if principal.accountID == AccountRecord.defaultID { return .everything }
        return .devices(read { $0.owned(by: principal.accountID) })
    }
}
