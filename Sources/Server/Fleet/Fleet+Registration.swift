import LogDB
import LogModel

extension Fleet {
    /// What a device asks to be registered with.
    struct Registration: Sendable {
        var dsn: String
        var token: String
        /// JSON; empty without.
        var info: String
        /// A PKCS #10 request, in PEM.
        var request: String
    }

    /// What a registered device gets.
    struct Registered: Sendable {
        var device: DeviceRecord
        var certificatePEM: [UInt8]
        /// Whether the same request was answered before.
        var isRepeated: Bool
    }

    /// How long a token that was used gives the same key its certificate again: the answer may have been lost.
    static let registrationGrace: Int64 = 600_000_000

    private enum Outcome: Sendable {
        case registered(Registered)
        case refused(FleetError)
    }

    /// Registers a device: the token is used, its certificate recorded and the device there in one commit. Every refusal is
    /// in the audit log.
    ///
    /// - Throws: `FleetError`; `LogError`.
    func register(
        _ registration: Registration, authority: CertificateAuthority, address: String
    ) async throws -> Registered {
        let outcome: Outcome
        do throws(FleetError) {
            let (token, request) = try check(registration)
            try await refuseUsed(registration, token, request)
            let certificate = try certify(.request(request), device: registration.dsn, authority)
            outcome = try await commit(registration, request, certificate, address)
        } catch {
            outcome = .refused(error)
        }
        switch outcome {
        case .registered(let registered): return registered
        case .refused(let error):
            if error.code != .store {
                try await AuditLog(store).append(
                    AuditEvent(
                        actor: "nobody", action: "device.register",
                        target: registration.dsn.prefix(byteCount: FleetRules.dsnByteCountMax),
                        isRefused: true, address: address, detail: error.code.name))
            }
            throw error
        }
    }

    /// What needs no look at the store.
    private func check(_ registration: Registration) throws(FleetError) -> (RegistrationToken, CertificateRequest) {
        guard let token = RegistrationToken(registration.token, signedWith: registrationKey) else {
            throw FleetError(.invalidToken, "the registration token is not one of this server's")
        }
        // By bytes: strings that Unicode calls equal are other devices.
        guard token.dsn.utf8.elementsEqual(registration.dsn.utf8) else {
            throw FleetError(.invalidToken, "the registration token is for another serial number")
        }
        guard token.expires > clock().microseconds / 1_000_000 else {
            throw FleetError(.expiredToken, "the registration token has expired; have a new capsule made")
        }
        return (token, try CertificateAuthority.deviceRequest(registration.request))
    }

    /// Spares the signing of a certificate that nobody would get.
    private func refuseUsed(
        _ registration: Registration, _ token: RegistrationToken, _ request: CertificateRequest
    ) async throws(FleetError) {
        let (hash, keyHash, now) = (RegistrationToken.hash(registration.token), request.keyHash, clock().microseconds)
        let refusal: FleetError? = try await reading { (reader) throws(LogError) in
            guard let capsule = try reader.row(CapsuleRecord.byToken, hash) else { return FleetError.unknownToken }
            guard capsule.tokenUsed != nil else { return nil }
            let certificate = try reader.row(capsule.certificateID, of: CertificateRecord.self)
            return Fleet.isRepeated(capsule, certificate, keyHash, now) ? nil : FleetError.usedToken
        }
        if let refusal { throw refusal }
    }

    private static func isRepeated(
        _ capsule: CapsuleRecord, _ certificate: CertificateRecord?, _ keyHash: [UInt8], _ now: Int64
    ) -> Bool {
        guard let used = capsule.tokenUsed, now - used <= registrationGrace, let certificate else { return false }
        return certificate.keyHash == keyHash && certificate.revoked == nil
    }

    func certify(
        _ subject: Certificate.Subject, device: String, _ authority: CertificateAuthority
    ) throws(FleetError) -> Certificate {
        do throws(ServerError) {
            return try authority.makeDeviceCertificate(
                subject, device: device, seconds: CertificateAuthority.deviceLifetimeSeconds)
        } catch { throw FleetError(.invalidRequest, error.message) }
    }

    private func commit(
        _ registration: Registration, _ request: CertificateRequest, _ certificate: Certificate, _ address: String
    ) async throws(FleetError) -> Outcome {
        let (hash, keyHash, now) = (RegistrationToken.hash(registration.token), request.keyHash, clock().microseconds)
        return try await editing { (edit) throws(LogError) in
            let editor = edit.editor
            guard let capsule = try editor.row(CapsuleRecord.byToken, hash),
                capsule.dsn == Array(registration.dsn.utf8)
            else { return .refused(.unknownToken) }
            if capsule.tokenUsed != nil {
                let given = try editor.row(capsule.certificateID, of: CertificateRecord.self)
                guard let given, Fleet.isRepeated(capsule, given, keyHash, now),
                    let device = try editor.row(given.deviceID, of: DeviceRecord.self)
                else { return .refused(.usedToken) }
                return .registered(Registered(device: device, certificatePEM: given.pem, isRepeated: true))
            }
            guard capsule.tokenExpires > now else { return .refused(.unknownToken) }
            let old = try editor.row(DeviceRecord.byDSN, capsule.dsn)
            if let old, old.accountID != capsule.accountID { return .refused(.foreignSerialNumber) }
            var device = old ?? DeviceRecord(dsn: capsule.dsn, seen: now)
            device.isRegistered = true
            device.accountID = capsule.accountID
            device.ownerID = capsule.ownerID
            device.type = capsule.type
            device.environment = capsule.environment
            device.registeredAt = now
            device.lastSeen = max(device.lastSeen, now)
            device.decommissionedAt = nil
            device.certificateID = certificate.serial
            device.vitals.currentCapsuleID = capsule.id
            if !registration.info.isEmpty { device.info = registration.info }
            if let old { try edit.update(device, replacing: old) } else { device = try edit.insert(device) }
            let given = try editor.insert(
                CertificateRecord(certificate, deviceID: device.id, keyHash: keyHash, issued: now))
            var used = capsule
            used.tokenUsed = now
            used.certificateID = given.id
            try editor.update(used, replacing: capsule)
            try AuditLog.append(
                AuditEvent(
                    actor: "device:\(registration.dsn)", action: "device.register", target: registration.dsn,
                    address: address, detail: "capsule \(capsule.id), certificate \(given.serial)"), in: editor)
            return .registered(Registered(device: device, certificatePEM: given.pem, isRepeated: false))
        }
    }

    private func reading<R: Sendable>(
        _ body: @escaping @Sendable (TableReader) throws(LogError) -> R
    ) async throws(FleetError) -> R {
        do throws(LogError) { return try await store.readTables(body) } catch { throw FleetError(error) }
    }

    private func editing<R: Sendable>(
        _ body: @escaping @Sendable (FleetEdit) throws(LogError) -> R
    ) async throws(FleetError) -> R {
        do throws(LogError) { return try await changing(body) } catch { throw FleetError(error) }
    }
}

extension CertificateAuthority {
    static func deviceRequest(_ pem: String) throws(FleetError) -> CertificateRequest {
        do throws(ServerError) {
            return try request(Array(pem.utf8))
        } catch { throw FleetError(.invalidRequest, error.message) }
    }
}
