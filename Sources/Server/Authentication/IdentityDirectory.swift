import LogDB
import Synchronization

/// All that is stored of accounts, users, keys and sign-ins, in memory: a request is judged without a look at the disk,
/// and what is taken back is gone with the next one.
final class IdentityDirectory: Sendable {
    struct Contents: Sendable {
        var accounts: [UInt64: AccountRecord] = [:]
        var users: [UInt64: UserRecord] = [:]
        var userIDs: [String: UInt64] = [:]
        var keys: [UInt64: APIKeyRecord] = [:]
        var keyIDs: [[UInt8]: UInt64] = [:]
        var signIns: [UInt64: SignInRecord] = [:]

        mutating func put(_ user: UserRecord) {
            users[user.id] = user
            userIDs[user.name.lowercased()] = user.id
        }

        mutating func put(_ key: APIKeyRecord) {
            keys[key.id] = key
            keyIDs[key.hash] = key.id
        }

        mutating func remove(_ user: UserRecord) {
            users[user.id] = nil
            userIDs[user.name.lowercased()] = nil
            signIns = signIns.filter { $0.value.userID != user.id }
        }

        mutating func remove(_ key: APIKeyRecord) {
            keys[key.id] = nil
            keyIDs[key.hash] = nil
        }

        func user(named name: String) -> UserRecord? { userIDs[name.lowercased()].flatMap { users[$0] } }
        func key(named name: String) -> APIKeyRecord? {
            keys.values.first { $0.name.lowercased() == name.lowercased() }
        }
        func accountName(_ id: UInt64) -> String { accounts[id]?.name ?? "" }
    }

    private let contents: Mutex<Contents>

    private init(_ contents: Contents) { self.contents = Mutex(contents) }

    static func load(_ store: LogStore) async throws(LogError) -> IdentityDirectory {
        let contents = try await store.readTables { (reader) throws(LogError) in
            var contents = Contents()
            try reader.forEach(of: AccountRecord.self) { (account) throws(LogError) in
                contents.accounts[account.id] = account
                return true
            }
            try reader.forEach(of: UserRecord.self) { (user) throws(LogError) in
                contents.put(user)
                return true
            }
            try reader.forEach(of: APIKeyRecord.self) { (key) throws(LogError) in
                contents.put(key)
                return true
            }
            try reader.forEach(of: SignInRecord.self) { (signIn) throws(LogError) in
                contents.signIns[signIn.id] = signIn
                return true
            }
            return contents
        }
        return IdentityDirectory(contents)
    }

    func read<R>(_ body: (Contents) -> sending R) -> sending R { contents.withLock { body($0) } }
    func change(_ body: @Sendable (inout Contents) -> Void) { contents.withLock { body(&$0) } }
}
