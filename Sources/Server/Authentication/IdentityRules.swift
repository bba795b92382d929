/// What names and passwords may be.
enum IdentityRules {
    static let nameByteCountMax = 64
    static let passwordByteCountMin = 8
    static let passwordByteCountMax = 1_024

    static func checkName(_ name: String, of what: String) throws(IdentityError) {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "@"):
                true
            default: false
            }
        }
        guard isPlain, (1...nameByteCountMax).contains(name.utf8.count) else {
            throw IdentityError(
                .invalid,
                "the name of \(what) is 1 to \(nameByteCountMax) ASCII letters, digits and - . _ @, not “\(name)”")
        }
    }

    static func checkPassword(_ password: String) throws(IdentityError) {
        guard (passwordByteCountMin...passwordByteCountMax).contains(password.utf8.count) else {
            throw IdentityError(
                .invalid,
                "a password has \(passwordByteCountMin) to \(passwordByteCountMax) bytes; this one has "
                    + "\(password.utf8.count)")
        }
    }
}
