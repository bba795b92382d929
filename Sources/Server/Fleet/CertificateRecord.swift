import LogDB

/// A certificate that was given to a device.
struct CertificateRecord: TableRecord {
    var id: UInt64 = 0
    /// In hexadecimal.
    var serial: String
    var deviceID: UInt64
    /// SHA-256 of the key that it is about.
    var keyHash: [UInt8]
    /// In PEM: nothing of it is secret.
    var pem: [UInt8]
    /// In microseconds since the epoch, as all times.
    var issued: Int64
    var expires: Int64
    /// When it was taken back; nil while it is good.
    var revoked: Int64?

    static let tableNumber: UInt8 = 26
    static let tableName = "certificates"
    static let bySerial = TableIndex<CertificateRecord>(number: 1, name: "serial", isUnique: true) {
        Array($0.serial.utf8)
    }
    static let byDevice = TableIndex<CertificateRecord>(number: 2, name: "device", isUnique: false) {
        IndexValue.number($0.deviceID)
    }
    static let indexes = [bySerial, byDevice]

    init(_ certificate: Certificate, deviceID: UInt64, keyHash: [UInt8], issued: Int64) {
        serial = certificate.serial
        self.deviceID = deviceID
        self.keyHash = keyHash
        pem = certificate.pem
        self.issued = issued
        expires = certificate.expires * 1_000_000
    }

    func encode(into fields: inout FieldWriter) {
        fields.text(1, serial)
        fields.unsigned(2, deviceID)
        fields.bytes(3, keyHash)
        fields.bytes(4, pem)
        fields.signed(5, issued)
        fields.signed(6, expires)
        if let revoked { fields.signed(7, revoked) }
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let serial = fields.text(1) else { throw fields.missing("serial") }
        guard let deviceID = try fields.unsigned(2) else { throw fields.missing("device") }
        self.id = id
        self.serial = serial
        self.deviceID = deviceID
        keyHash = fields.bytes(3) ?? []
        pem = fields.bytes(4) ?? []
        issued = try fields.signed(5) ?? 0
        expires = try fields.signed(6) ?? 0
        revoked = try fields.signed(7)
    }
}
