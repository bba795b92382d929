import LogModel

/// A password as it is stored: what scrypt makes of it with a salt of its own.
///
/// As text `$scrypt$ln=15,r=8,p=1$salt$hash`, so that the cost can be raised and older hashes still be checked.
struct PasswordHash: Sendable, Equatable {
    let text: String

    /// 32 MiB and some 60 ms a password.
    private static let logCost = 15
    private static let blockSize = 8
    private static let parallelism = 1
    private static let saltByteCount = 16
    private static let hashByteCount = 32

    /// Takes its time: not on a cooperative thread.
    init(password: String) {
        let salt = OpenSSL.random(PasswordHash.saltByteCount)
        let hash = OpenSSL.scrypt(
            password: Array(password.utf8), salt: salt, logCost: PasswordHash.logCost,
            blockSize: PasswordHash.blockSize, parallelism: PasswordHash.parallelism,
            byteCount: PasswordHash.hashByteCount)
        // The only way to fail is to be out of memory.
        guard let hash else { preconditionFailure("there is no memory to hash a password") }
        text =
            "$scrypt$ln=\(PasswordHash.logCost),r=\(PasswordHash.blockSize),p=\(PasswordHash.parallelism)"
            + "$\(Base64URL.encode(salt))$\(Base64URL.encode(hash))"
    }

    init(stored text: String) { self.text = text }

    /// Takes its time: not on a cooperative thread.
    func isOf(_ password: String) -> Bool {
        let parts = text.split(separator: "$")
        guard parts.count == 4, parts[0] == "scrypt", let salt = Base64URL.decode(parts[2]),
            let expected = Base64URL.decode(parts[3]), !expected.isEmpty
        else { return false }
        var costs: [Substring: Int] = [:]
        for cost in parts[1].split(separator: ",") {
            let pair = cost.split(separator: "=")
            if pair.count == 2 { costs[pair[0]] = Int(pair[1]) }
        }
        guard let logCost = costs["ln"], let blockSize = costs["r"], let parallelism = costs["p"],
            (1...24).contains(logCost), (1...64).contains(blockSize), (1...16).contains(parallelism),
            let hash = OpenSSL.scrypt(
                password: Array(password.utf8), salt: salt, logCost: logCost, blockSize: blockSize,
                parallelism: parallelism, byteCount: expected.count)
        else { return false }
        return OpenSSL.isEqual(hash, expected)
    }

    /// Of nobody's password: checking against it takes as long as against a real one, so that the time of an answer does
    /// not tell which users there are.
    static let nobody = PasswordHash(password: Base64URL.encode(OpenSSL.random(16)))
}
