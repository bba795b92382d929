import LogModel
import Testing

@testable import Server

/// Requests that make something are made once for each `Idempotency-Key`.
struct IdempotencyKeyTests {
    private static let users = "/api/v1/admin/users"
    private static let keys = "/api/v1/admin/api-keys"

    private static func user(_ name: String) -> String {
        #"{"username":"\#(name)","password":"correct horse","role":"viewer"}"#
    }

    private func count(_ place: GuardedServer, _ path: String, as admin: Credential) async throws -> Int {
        let answer = try await place.send("GET", path, as: admin).json
        return (answer["users"] ?? answer["api_keys"])?.array.count ?? -1
    }

    @Test func aRequestThatIsSentAgainIsAnsweredAsTheFirstWas() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        let headers = ["Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"]
        let first = try await place.send("POST", Self.users, as: admin, json: Self.user("alice"), headers: headers)
        let again = try await place.send("POST", Self.users, as: admin, json: Self.user("alice"), headers: headers)
        #expect(first.status == 201 && again.status == 201 && first.text == again.text)
        #expect(try await count(place, Self.users, as: admin) == 2)
        let other = try await place.send("POST", Self.users, as: admin, json: Self.user("bob"), headers: headers)
        #expect(other.status == 422 && other.problem == "idempotency_key_reused")
        // Without the key, or with it by somebody else, it is another request.
        let bare = try await place.send("POST", Self.users, as: admin, json: Self.user("alice"))
        #expect(bare.status == 409 && bare.problem == "name_taken")
        let second = try await place.user(.admin, "second")
        let theirs = try await place.send("POST", Self.users, as: second, json: Self.user("alice"), headers: headers)
        #expect(theirs.problem == "name_taken")
        let long = try await place.send(
            "POST", Self.users, as: admin, json: Self.user("carol"),
            headers: ["Idempotency-Key": String(repeating: "x", count: 256)])
        #expect(long.status == 400 && long.problem == "invalid_parameter")
    }

    @Test func whatFailedMayBeTriedAgain() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        let headers = ["Idempotency-Key": "k"]
        let short = #"{"username":"alice","password":"short","role":"viewer"}"#
        #expect(try await place.send("POST", Self.users, as: admin, json: short, headers: headers).status == 400)
        let made = try await place.send("POST", Self.users, as: admin, json: Self.user("alice"), headers: headers)
        #expect(made.status == 201)
    }

    @Test func manyAtATimeMakeOne() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await place.send(
                        "POST", Self.keys, as: admin, json: #"{"name":"k","scopes":["query"]}"#,
                        headers: ["Idempotency-Key": "one"])
                }
            }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        let made = answers.filter { $0.status == 201 }
        #expect(!made.isEmpty && Set(made.compactMap { $0.json["key"]?.text }).count == 1)
        #expect(answers.allSatisfy { $0.status == 201 || $0.problem == "request_under_way" })
        #expect(try await count(place, Self.keys, as: admin) == 1)
    }

    @Test func aRestartForgetsNothingButSecrets() async throws {
        let directory = try ScratchDirectory()
        let headers = ["Idempotency-Key": "k"]
        let key = #"{"name":"k","scopes":["query"]}"#
        let user: String
        do {
            let place = try await GuardedServer(in: directory)
            let admin = try await place.user(.admin)
            user = try await place.send("POST", Self.users, as: admin, json: Self.user("bob"), headers: headers).text
            let first = try await place.send("POST", Self.keys, as: admin, json: key, headers: headers)
            let again = try await place.send("POST", Self.keys, as: admin, json: key, headers: headers)
            #expect(first.status == 201 && first.text == again.text && again["Cache-Control"] == "no-store")
            try await place.server.stop()
        }
        let place = try await GuardedServer(in: directory)
        let admin = try await place.signIn("admin")
        let again = try await place.send("POST", Self.users, as: admin, json: Self.user("bob"), headers: headers)
        #expect(again.status == 201 && again.text == user)
        let secret = try await place.send("POST", Self.keys, as: admin, json: key, headers: headers)
        #expect(secret.status == 409 && secret.problem == "already_created")
        #expect(try await count(place, Self.keys, as: admin) == 1)
    }

    @Test func aKeyIsForgottenAfterADay() async throws {
        let server = try await RunningServer()
        let requests = server.server.services.idempotentRequests
        let now = Timestamp.now
        func begin(_ key: UInt8, hours: Int64) -> IdempotentRequests.Verdict {
            requests.begin(
                [key], bodyHash: [0], now: Timestamp(microseconds: now.microseconds + hours * 3_600_000_000))
        }
        guard case .first = begin(1, hours: 0) else { throw Stuck("a new key is known") }
        try await requests.finish([1], bodyHash: [0], answer: [7], isSecret: false, now: now)
        guard case .again([7]) = begin(1, hours: 23) else { throw Stuck("the key is forgotten early") }
        guard case .first = begin(1, hours: 25) else { throw Stuck("the key is remembered") }
    }
}
