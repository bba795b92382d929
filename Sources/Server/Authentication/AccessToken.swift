import LogModel

/// What an access token says: a JSON Web Token (RFC 7519) signed with Ed25519 (RFC 8037).
struct AccessToken: Sendable, Equatable {
    var userID: UInt64
    var signInID: UInt64
    /// In seconds since the epoch.
    var issued: Int64
    var expires: Int64

    static let issuer = "logdb"
    static let audience = "logdb-api"
    /// How long a token is good.
    static let lifetimeSeconds: Int64 = 15 * 60
    /// Longer text is no token of ours.
    static let byteCountMax = 1_024

    /// The only header there is: the algorithm is the server's choice, and a token that names any is not even read.
    private static let header = Base64URL.encode(Array(#"{"alg":"EdDSA","typ":"JWT"}"#.utf8))

    func text(signedWith key: SigningKey) -> String {
        var json = JSONOutput()
        json.object { json in
            json.member("iss", AccessToken.issuer)
            json.member("aud", AccessToken.audience)
            json.member("sub", String(userID))
            json.member("sid", String(signInID))
            json.member("iat", Int(issued))
            json.member("exp", Int(expires))
        }
        let signed = AccessToken.header + "." + Base64URL.encode(json.bytes)
        return signed + "." + Base64URL.encode(key.sign(Array(signed.utf8)))
    }

    /// Nil for whatever is not, to the letter, a token that this key signed.
    init?(_ text: some StringProtocol, signedWith key: SigningKey) {
        guard text.utf8.count <= AccessToken.byteCountMax else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == AccessToken.header, let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            key.isSignature(signature, of: Array("\(parts[0]).\(parts[1])".utf8)),
            let members = try? payload.withUnsafeBytes({ try JSONMembers.read($0) })
        else { return nil }
        var texts: [String: String] = [:]
        for member in members {
            guard case .text(let text) = member.value, texts.updateValue(text, forKey: member.name) == nil else {
                return nil
            }
        }
        guard texts["iss"] == AccessToken.issuer, texts["aud"] == AccessToken.audience,
            let userID = texts["sub"].flatMap({ UInt64($0) }), let signInID = texts["sid"].flatMap({ UInt64($0) }),
            let issued = texts["iat"].flatMap({ Int64($0) }), let expires = texts["exp"].flatMap({ Int64($0) })
        else { return nil }
        self.init(userID: userID, signInID: signInID, issued: issued, expires: expires)
    }

    init(userID: UInt64, signInID: UInt64, issued: Int64, expires: Int64) {
        self.userID = userID
        self.signInID = signInID
        self.issued = issued
        self.expires = expires
    }
}

/// A refresh token: the sign-in it belongs to, its place in the line of that sign-in's tokens, and a seal that only the
/// server can make. So an old one is known as what it is, though nothing but the number of the good one is kept.
struct RefreshToken: Sendable, Equatable {
    var signInID: UInt64
    var generation: UInt64

    static let prefix = "ldr_"
    static let lifetimeSeconds: Int64 = 30 * 86_400

    func text(sealedWith key: [UInt8]) -> String {
        let body = "\(String(signInID, radix: 36)).\(String(generation, radix: 36))"
        return RefreshToken.prefix + body + "." + Base64URL.encode(RefreshToken.seal(body, key))
    }

    init?(_ text: String, sealedWith key: [UInt8]) {
        guard text.utf8.count <= 128, text.hasPrefix(RefreshToken.prefix) else { return nil }
        let parts = text.dropFirst(RefreshToken.prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signInID = UInt64(parts[0], radix: 36),
            let generation = UInt64(parts[1], radix: 36), let seal = Base64URL.decode(parts[2]),
            OpenSSL.isEqual(seal, RefreshToken.seal("\(parts[0]).\(parts[1])", key))
        else { return nil }
        self.init(signInID: signInID, generation: generation)
    }

    init(signInID: UInt64, generation: UInt64) {
        self.signInID = signInID
        self.generation = generation
    }

    private static func seal(_ body: String, _ key: [UInt8]) -> [UInt8] {
        OpenSSL.hmac(key: key, Array("refresh:\(body)".utf8))
    }
}
