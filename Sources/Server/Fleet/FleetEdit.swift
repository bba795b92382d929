import LogDB

/// One edit of the fleet's tables.
final class FleetEdit {
    let editor: TableEditor
    /// Devices as they are now, for the directory.
    private(set) var changed: [DeviceRecord] = []
    /// Serial numbers of certificates that were taken back.
    var revoked: [String] = []

    init(editor: TableEditor) { self.editor = editor }

    /// A device in service, of the account where one is given.
    func device(_ id: UInt64, account: UInt64?) throws(LogError) -> DeviceRecord? {
        guard let device = try editor.row(id, of: DeviceRecord.self), Fleet.isShown(device, account) else { return nil }
        return device
    }

    func update(_ device: DeviceRecord, replacing old: DeviceRecord) throws(LogError) {
        try editor.update(device, replacing: old)
        changed.append(device)
    }

    func insert(_ device: DeviceRecord) throws(LogError) -> DeviceRecord {
        let device = try editor.insert(device)
        changed.append(device)
        return device
    }

    /// Writes a row of the audit log.
    func note(
        _ action: String, _ device: DeviceRecord, by author: Identities.Author, detail: String = ""
    ) throws(LogError) {
        try AuditLog.append(
            AuditEvent(
                actor: author.actor, action: action, target: String(decoding: device.dsn, as: UTF8.self),
                address: author.address, detail: detail), in: editor)
    }
}
