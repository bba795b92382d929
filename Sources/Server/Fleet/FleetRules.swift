/// What names and serial numbers of devices may be.
enum FleetRules {
    static let nameByteCountMax = 256
    static let dsnByteCountMax = 256

    static func checkName(_ name: String) throws(FleetError) {
        guard !name.isEmpty, name.utf8.count <= nameByteCountMax else {
            throw FleetError(.invalid, "a device's name has 1 to \(nameByteCountMax) bytes")
        }
    }

    /// A serial number is shown on terminals and in files' names, and so has nothing that acts there.
    static func checkDSN(_ dsn: String) throws(FleetError) {
        let isPlain = dsn.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7f }
        guard isPlain, !dsn.isEmpty, dsn.utf8.count <= dsnByteCountMax, Problem.visible(dsn) == dsn else {
            throw FleetError(
                .invalid, "a serial number has 1 to \(dsnByteCountMax) bytes without spaces and control characters")
        }
    }
}
