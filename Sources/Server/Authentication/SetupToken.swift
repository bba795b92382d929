import LogModel
import Synchronization

/// The word that lets its first user into a server without any: printed when it starts, good until there is a user.
final class SetupToken: Sendable {
    private let token: Mutex<String?>

    init(isNeeded: Bool) { token = Mutex(isNeeded ? Base64URL.encode(OpenSSL.random(18)) : nil) }

    var text: String? { token.withLock { $0 } }

    func isRight(_ given: String) -> Bool {
        token.withLock { token in
            token.map { OpenSSL.isEqual(Array($0.utf8), Array(given.utf8)) } ?? false
        }
    }

    func forget() { token.withLock { $0 = nil } }
}
