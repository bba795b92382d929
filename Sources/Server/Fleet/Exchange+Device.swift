import LogDB

extension Exchange {
    /// A device that a request names: one of the own account, and for a device itself.
    func device(_ reference: String) async throws -> DeviceRecord {
        // A device that goes by a number means itself.
        let isOwn = principal.map { $0.kind == .device && $0.name.utf8.elementsEqual(reference.utf8) } ?? false
        let device = try await services.fleet.device(reference, account: ownAccount, isSerialNumber: isOwn)
        guard scope.contains(device.dsn) else { throw FleetError.unknownDevice(reference) }
        return device
    }
}
