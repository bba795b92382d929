import LogModel

/// What lets a device register: a JSON Web Token (RFC 7519) signed with Ed25519 (RFC 8037), for one serial number of one
/// account.
struct RegistrationToken: Sendable, Equatable {
    var dsn: String
    var accountID: UInt64
    /// In seconds since the epoch.
    var issued: Int64
    var expires: Int64
    /// Makes two tokens of the same second differ.
    var nonce: String

    static let audience = "logdb-registration"
    static let lifetimeSeconds: Int64 = 86_400
    /// Longer text is no token of ours.
    static let byteCountMax = 4_096

    /// The only header there is: the algorithm is the server's choice.
    private static let header = Base64URL.encode(Array(#"{"alg":"EdDSA","typ":"JWT"}"#.utf8))

    func text(signedWith key: SigningKey) -> String {
        var json = JSONOutput()
        json.object { json in
            json.member("iss", AccessToken.issuer)
            json.member("aud", RegistrationToken.audience)
            json.member("sub", dsn)
            json.member("acc", String(accountID))
            json.member("jti", nonce)
            json.member("iat", Int(issued))
            json.member("exp", Int(expires))
        }
        let signed = RegistrationToken.header + "." + Base64URL.encode(json.bytes)
        return signed + "." + Base64URL.encode(key.sign(Array(signed.utf8)))
    }

    /// Nil for whatever is not, to the letter, a token that this key signed.
    init?(_ text: String, signedWith key: SigningKey) {
        guard text.utf8.count <= RegistrationToken.byteCountMax else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == RegistrationToken.header, let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            key.isSignature(signature, of: Array("\(parts[0]).\(parts[1])".utf8)), let json = JSONValue(payload),
            json["iss"]?.text == AccessToken.issuer, json["aud"]?.text == RegistrationToken.audience,
            let dsn = json["sub"]?.text, let account = json["acc"]?.text.flatMap({ UInt64($0) }),
            let nonce = json["jti"]?.text, let issued = json["iat"]?.integer, let expires = json["exp"]?.integer
        else { return nil }
        self.init(
            dsn: dsn, accountID: account, issued: Int64(issued), expires: Int64(expires), nonce: nonce)
    }

    init(dsn: String, accountID: UInt64, issued: Int64, expires: Int64, nonce: String) {
        self.dsn = dsn
        self.accountID = accountID
        self.issued = issued
        self.expires = expires
        self.nonce = nonce
    }

    static func hash(_ text: String) -> [UInt8] { OpenSSL.sha256(Array(text.utf8)) }
}
