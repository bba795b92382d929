import HTTPTypes

/// The cookies of a browser that is signed in. Scripts never see them (`HttpOnly`), other sites' pages never send them
/// (`SameSite=Strict`).
enum Cookies {
    static func value(_ name: String, in headers: HTTPFields) -> String? {
        for field in headers[values: .cookie] {
            for pair in field.split(separator: ";") {
                let pair = pair.trimmingSpaces()
                if pair.hasPrefix(name + "=") { return String(pair.dropFirst(name.count + 1)) }
            }
        }
        return nil
    }

    /// Fields that keep both tokens in the browser.
    static func set(_ tokens: SignIns.Tokens, isSecure: Bool) -> [String] {
        [
            field(
                Authenticator.cookieName, tokens.access, path: "/", age: AccessToken.lifetimeSeconds, isSecure),
            field(
                Authenticator.refreshCookieName, tokens.refresh, path: "/api/v1/auth",
                age: RefreshToken.lifetimeSeconds, isSecure),
        ]
    }

    /// Fields that make the browser forget them.
    static func clear(isSecure: Bool) -> [String] {
        [
            field(Authenticator.cookieName, "", path: "/", age: 0, isSecure),
            field(Authenticator.refreshCookieName, "", path: "/api/v1/auth", age: 0, isSecure),
        ]
    }

    private static func field(
        _ name: String, _ value: String, path: String, age: Int64, _ isSecure: Bool
    ) -> String {
        "\(name)=\(value); Path=\(path); Max-Age=\(age); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }
}
