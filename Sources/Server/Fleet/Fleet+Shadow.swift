import LogDB
import LogModel

extension Fleet {
    /// Documents to put in place; nil is what stays.
    struct ShadowChange: Sendable {
        var desired: String?
        var reported: String?
        /// The version of the first of them that the writer has read; nil: whatever it is.
        var expectedVersion: UInt64?
    }

    func shadow(_ device: UInt64) async throws(LogError) -> ShadowRecord {
        try await store.readTables { (reader) throws(LogError) in
            try reader.row(ShadowRecord.byDevice, IndexValue.number(device))
                ?? ShadowRecord(deviceID: device)
        }
    }

    /// - Throws: `FleetError` `.versionConflict`, when somebody has written meanwhile; `LogError`.
    func changeShadow(of device: UInt64, _ change: ShadowChange) async throws -> ShadowRecord {
        let now = clock().microseconds
        let changed = try await store.editTables { (editor) throws(LogError) -> ShadowRecord? in
            let old = try editor.row(ShadowRecord.byDevice, IndexValue.number(device))
            var shadow = old ?? ShadowRecord(deviceID: device)
            if let expected = change.expectedVersion {
                let version = change.desired != nil ? shadow.desired.version : shadow.reported.version
                guard expected == version else { return nil }
            }
            if let desired = change.desired {
                shadow.desired = .init(text: desired, version: shadow.desired.version + 1, updated: now)
            }
            if let reported = change.reported {
                shadow.reported = .init(text: reported, version: shadow.reported.version + 1, updated: now)
            }
            if let old { try editor.update(shadow, replacing: old) } else { shadow = try editor.insert(shadow) }
            return shadow
        }
        guard let changed else {
            throw FleetError(.versionConflict, "the document has another version by now; read it again")
        }
        return changed
    }
}
