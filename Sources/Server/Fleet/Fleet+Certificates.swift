public import LogDB
public import LogModel

extension Fleet {
    /// A certificate as it is shown.
    public struct DeviceCertificate: Sendable {
        public let serial: String
        public let pem: [UInt8]
        public let issued: Timestamp
        public let expires: Timestamp
        public let revoked: Timestamp?

        init(_ record: CertificateRecord) {
            serial = record.serial
            pem = record.pem
            issued = Timestamp(microseconds: record.issued)
            expires = Timestamp(microseconds: record.expires)
            revoked = record.revoked.map { Timestamp(microseconds: $0) }
        }
    }

    /// Gives a device its next certificate. The one that it has stays good until it expires, so that a device that crashes
    /// in between is not locked out; asked again with the same key within ten minutes the answer is the same.
    ///
    /// - Parameter serial: Of the certificate that the device showed.
    /// - Throws: `FleetError`; `LogError`.
    func renew(
        _ device: DeviceRecord, request pem: String, shown serial: String, authority: CertificateAuthority,
        by author: Identities.Author
    ) async throws -> DeviceCertificate {
        let request = try CertificateAuthority.deviceRequest(pem)
        let (keyHash, now) = (request.keyHash, clock().microseconds)
        let name = String(decoding: device.dsn, as: UTF8.self)
        let certificate = try certify(.request(request), device: name, authority)
        let id = device.id
        let given = try await changing { (edit) throws(LogError) -> CertificateRecord? in
            // Shown before, it may have been taken back meanwhile.
            guard let old = try edit.device(id, account: nil),
                let shown = try edit.editor.row(CertificateRecord.bySerial, Array(serial.utf8)), shown.deviceID == id,
                shown.revoked == nil
            else { return nil }
            if let last = try edit.editor.row(CertificateRecord.bySerial, Array(old.certificateID.utf8)),
                last.keyHash == keyHash, last.revoked == nil, now - last.issued <= Fleet.registrationGrace,
                last.serial != serial
            {
                return last
            }
            let given = try edit.editor.insert(
                CertificateRecord(certificate, deviceID: id, keyHash: keyHash, issued: now))
            var device = old
            device.certificateID = given.serial
            try edit.update(device, replacing: old)
            try edit.note("device.renew", device, by: author, detail: "certificate \(given.serial), with \(serial)")
            return given
        }
        guard let given else { throw FleetError.unknownDevice(name) }
        return DeviceCertificate(given)
    }

    /// Takes certificates of a device back: they open nothing from now on.
    ///
    /// - Parameter serial: Nil: all that the device has.
    /// - Returns: The serial numbers of those that were good until now.
    /// - Throws: `FleetError` `.unknownDevice`, `.unknownCertificate`; `LogError`.
    @discardableResult
    public func revoke(
        _ reference: String, serial: String? = nil, account: UInt64? = nil, by author: Identities.Author
    ) async throws -> [String] {
        let device = try await device(reference, account: account)
        let records = try await certificateRecords(of: device.id)
        let serial = serial?.lowercased()
        if let serial, !records.contains(where: { $0.serial == serial }) {
            throw FleetError(
                .unknownCertificate, "the device “\(reference)” has no certificate with the serial number “\(serial)”")
        }
        let now = clock().microseconds
        return try await changing { (edit) throws(LogError) in
            let revoked: [String]
            if let serial {
                revoked = try edit.revoke(records.filter { $0.serial == serial }.map(\.id), at: now)
            } else {
                revoked = try edit.revokeCertificates(of: device, at: now)
            }
            if !revoked.isEmpty {
                try edit.note(
                    "device.revoke", device, by: author, detail: "certificates " + revoked.joined(separator: " "))
            }
            return revoked
        }
    }

    /// The oldest first.
    public func certificates(of device: UInt64) async throws(LogError) -> [DeviceCertificate] {
        try await certificateRecords(of: device).map { DeviceCertificate($0) }
    }

    func certificateRecords(of device: UInt64) async throws(LogError) -> [CertificateRecord] {
        try await store.readTables { (reader) throws(LogError) in
            try reader.rows(CertificateRecord.byDevice, IndexValue.number(device))
        }
    }

    /// The device of a certificate; nil where the certificate is none of the store's.
    public func device(ofCertificate serial: String) async throws(LogError) -> DeviceRecord? {
        try await store.readTables { (reader) throws(LogError) in
            guard let record = try reader.row(CertificateRecord.bySerial, Array(serial.lowercased().utf8)) else {
                return nil
            }
            return try reader.row(record.deviceID, of: DeviceRecord.self)
        }
    }

    /// The list of certificates that were taken back and have not expired (RFC 5280), in PEM.
    ///
    /// - Throws: `ServerError`; `LogError`.
    public func revocationList(_ authority: CertificateAuthority) async throws -> [UInt8] {
        let now = clock().microseconds
        let revoked = try await store.readTables { (reader) throws(LogError) in
            var revoked: [(serial: String, time: Int64)] = []
            try reader.forEach(of: CertificateRecord.self) { (record) throws(LogError) in
                if let time = record.revoked, record.expires > now {
                    revoked.append((record.serial, time / 1_000_000))
                }
                return true
            }
            return revoked
        }
        return try authority.revocationList(revoked, now: now / 1_000_000)
    }
}

extension FleetEdit {
    /// Takes all certificates of a device back, those too that were given in this moment.
    ///
    /// - Returns: The serial numbers of those that were not before.
    @discardableResult
    func revokeCertificates(of device: DeviceRecord, at now: Int64) throws(LogError) -> [String] {
        var ids = try editor.ids(CertificateRecord.byDevice, IndexValue.number(device.id))
        if let current = try editor.row(device.id, of: DeviceRecord.self)?.certificateID,
            let newest = try editor.row(CertificateRecord.bySerial, Array(current.utf8)), !ids.contains(newest.id)
        {
            ids.append(newest.id)
        }
        return try revoke(ids, at: now)
    }

    /// Takes certificates back.
    ///
    /// - Returns: The serial numbers of those that were not before.
    func revoke(_ ids: [UInt64], at now: Int64) throws(LogError) -> [String] {
        var serials: [String] = []
        for id in ids {
            guard let old = try editor.row(id, of: CertificateRecord.self), old.revoked == nil else { continue }
            var record = old
            record.revoked = now
            try editor.update(record, replacing: old)
            serials.append(record.serial)
        }
        revoked += serials
        return serials
    }
}
