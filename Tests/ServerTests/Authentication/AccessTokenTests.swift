import Foundation
import LogModel
import Testing

@testable import Server

struct AccessTokenTests {
    private let key = SigningKey(seed: [UInt8](repeating: 7, count: 32))!
    private let token = AccessToken(userID: 3, signInID: 9, issued: 1_000, expires: 1_900)

    @Test func aTokenReadsBack() {
        #expect(AccessToken(token.text(signedWith: key), signedWith: key) == token)
    }

    @Test func anotherKeysTokenIsNone() {
        let other = SigningKey(seed: [UInt8](repeating: 8, count: 32))!
        #expect(AccessToken(token.text(signedWith: other), signedWith: key) == nil)
    }

    /// RFC 8032, section 7.1, the second test.
    @Test func ed25519IsTheStandards() {
        let seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
        let signature = hex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
        let key = SigningKey(seed: seed)!
        #expect(key.sign([0x72]) == signature)
        #expect(key.isSignature(signature, of: [0x72]))
        #expect(!key.isSignature(signature, of: [0x73]))
    }

    /// Every change of one character makes it no token.
    @Test func noCharacterCanBeChanged() {
        let text = Array(token.text(signedWith: key).utf8)
        var survivors = 0
        for index in text.indices {
            for byte in [UInt8(ascii: "A"), UInt8(ascii: "b"), UInt8(ascii: "-"), UInt8(ascii: ".")]
            where byte != text[index] {
                var changed = text
                changed[index] = byte
                if AccessToken(String(decoding: changed, as: UTF8.self), signedWith: key) != nil { survivors += 1 }
            }
        }
        #expect(survivors == 0)
    }

    /// Forged in the ways that libraries have fallen for; a server refuses each with 401.
    @Test func forgeriesAreRefused() async throws {
        let place = try await GuardedServer()
        let good = try await place.user(.admin)
        #expect(try await place.send("GET", "/api/v1/auth/me", as: good).status == 200)
        let parts = good.bearer.split(separator: ".").map(String.init)
        let payload = String(decoding: try #require(Base64URL.decode(parts[1])), as: UTF8.self)
        let seed = try SecretFile.read("signing.key", count: 32, in: place.server.directory.path)
        let real = try #require(SigningKey(seed: seed))
        func forged(_ header: String, _ payload: String, _ sign: (String) -> String) -> String {
            let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
            return signed + "." + sign(signed)
        }
        func signed(_ text: String) -> String { Base64URL.encode(real.sign(Array(text.utf8))) }
        let header = #"{"alg":"EdDSA","typ":"JWT"}"#
        // The forger's tool makes good tokens too.
        #expect(
            try await place.send(
                "GET", "/api/v1/auth/me", as: Credential(["Authorization": "Bearer " + forged(header, payload, signed)])
            ).status == 200)
        let expired = payload.replacing(/"exp":\d+/, with: #""exp":1700000000"#)
        let forgeries = [
            forged(#"{"alg":"none","typ":"JWT"}"#, payload) { _ in "" },
            forged(#"{"alg":"none"}"#, payload, signed),
            forged(#"{"alg":"NoNe","typ":"JWT"}"#, payload) { _ in "" },
            forged(#"{"alg":"HS256","typ":"JWT"}"#, payload) {
                Base64URL.encode(OpenSSL.hmac(key: seed, Array($0.utf8)))
            },
            forged(#"{"alg":"HS256","typ":"JWT"}"#, payload, signed),
            forged(#"{"alg":"EdDSA","typ":"JWT","jwk":{}}"#, payload, signed),
            forged(#"{"typ":"JWT","alg":"EdDSA"}"#, payload, signed),
            forged(header, expired, signed),
            forged(header, payload.replacing("logdb-api", with: "other"), signed),
            forged(header, payload.replacing(#""iss":"logdb""#, with: #""iss":"else""#), signed),
            forged(header, payload.replacing(/"sub":"\d+"/, with: #""sub":"77""#), signed),
            forged(header, payload.replacing(/"sid":"\d+"/, with: #""sid":"77""#), signed),
            forged(header, payload.replacing(/,"exp":\d+/, with: ""), signed),
            forged(header, payload) { _ in "" },
            forged(header, payload) { _ in Base64URL.encode([UInt8](repeating: 0, count: 64)) },
            forged(header, payload) { Base64URL.encode(SigningKey(seed: OpenSSL.random(32))!.sign(Array($0.utf8))) },
            parts[0] + "." + parts[1], parts[0] + ".." + parts[2], good.bearer + ".", "." + good.bearer, "x", "a.b.c",
            good.bearer + "=", String(repeating: "a", count: 5_000), "ldb_unknown",
        ]
        for forgery in forgeries {
            let answer = try await place.send(
                "GET", "/api/v1/auth/me", as: Credential(["Authorization": "Bearer \(forgery)"]))
            #expect(answer.status == 401, "\(forgery)")
            #expect(answer.problem == "invalid_credentials")
        }
        for header in ["Basic YTpi", "Bearer", "", good.bearer] {
            let answer = try await place.send("GET", "/api/v1/auth/me", as: Credential(["Authorization": header]))
            #expect(answer.status == 401, "\(header)")
        }
    }

    private func hex(_ text: String) -> [UInt8] {
        stride(from: 0, to: text.count, by: 2).map { offset in
            let start = text.index(text.startIndex, offsetBy: offset)
            return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16)!
        }
    }
}
