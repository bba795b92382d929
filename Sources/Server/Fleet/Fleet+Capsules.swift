public import LogDB
public import LogModel

extension Fleet {
    /// What a capsule is to be for.
    public struct CapsuleRequest: Sendable {
        public var dsn: String
        public var type: DeviceType
        public var environment: DeviceEnvironment
        /// JSON; empty without.
        public var composition = ""
        public var accountID: UInt64 = DeviceRecord.defaultAccountID
        /// 0 where it is no user.
        public var ownerID: UInt64 = 0

        public init(dsn: String, type: DeviceType, environment: DeviceEnvironment) {
            self.dsn = dsn
            self.type = type
            self.environment = environment
        }
    }

    /// A capsule, with the token that is in it and nowhere else.
    public struct Capsule: Sendable {
        public let id: UInt64
        public let request: CapsuleRequest
        public let accountName: String
        public let token: String
        public let expires: Timestamp
    }

    /// Makes a capsule. Its token is good for 24 hours and one registration.
    ///
    /// - Parameters:
    ///   - accountName: Of `request.accountID`.
    ///   - note: Goes into the same commit.
    /// - Throws: `FleetError` `.invalid`, `.foreignDevice`; `LogError`.
    public func makeCapsule(
        _ request: CapsuleRequest, accountName: String, by author: Identities.Author,
        noting note: @escaping @Sendable (TableEditor) throws(LogError) -> Void = { _ in }
    ) async throws -> Capsule {
        try FleetRules.checkDSN(request.dsn)
        let now = clock()
        let token = RegistrationToken(
            dsn: request.dsn, accountID: request.accountID, issued: now.microseconds / 1_000_000,
            expires: now.microseconds / 1_000_000 + RegistrationToken.lifetimeSeconds,
            nonce: Base64URL.encode(OpenSSL.random(16)))
        let text = token.text(signedWith: registrationKey)
        let record = CapsuleRecord(
            dsn: Array(request.dsn.utf8), accountID: request.accountID, ownerID: request.ownerID, type: request.type,
            environment: request.environment, composition: request.composition, created: now.microseconds,
            tokenHash: RegistrationToken.hash(text), tokenExpires: token.expires * 1_000_000)
        let id = try await store.editTables { (editor) throws(LogError) -> UInt64? in
            if let device = try editor.row(DeviceRecord.byDSN, record.dsn), device.accountID != record.accountID {
                return nil
            }
            let capsule = try editor.insert(record)
            try AuditLog.append(
                AuditEvent(
                    actor: author.actor, action: "capsule.generate", target: request.dsn, address: author.address,
                    detail: "\(request.type.name), \(request.environment.name), account \(accountName)"), in: editor)
            try note(editor)
            return capsule.id
        }
        guard let id else {
            throw FleetError(
                .foreignDevice,
                "the serial number “\(request.dsn)” belongs to another account, which must give it away first")
        }
        return Capsule(
            id: id, request: request, accountName: accountName, token: text,
            expires: Timestamp(microseconds: token.expires * 1_000_000))
    }
}
