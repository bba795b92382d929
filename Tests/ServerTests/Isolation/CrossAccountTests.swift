import HTTPTransport
import LogModel
import Testing

@testable import Server

/// What belongs to another account can be neither seen nor changed, by any route, with any credential, and an answer does
/// not tell it from what does not exist.
struct CrossAccountTests {
    private let clock = TestClock()
    private let place: EncryptedServer
    private let victims: [AccountPlace]
    private let own: AccountPlace
    private let senders: [Sender]

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
        victims = [
            try await AccountPlace.make("north", number: 1, in: place),
            try await AccountPlace.make("default", number: 2, in: place),
        ]
        own = try await AccountPlace.make("south", number: 3, in: place)
        var senders: [Sender] = []
        for role in Role.allCases {
            senders.append(try await place.signedIn("south-\(role.rawValue)", role, account: "south"))
        }
        for scope in Permissions.names {
            let (text, _) = try await place.server.services.identities.addAPIKey(
                "south-key-\(scope)", scopes: [scope], account: "south", by: .command)
            senders.append(place.sender("south key \(scope)", ["X-API-Key": text]))
        }
        self.senders = senders + [own.key, own.device]
    }

    /// What a request names, and something of the same form that nobody has.
    private struct Name: Sendable {
        var value: String
        var absent: String

        /// Whether a place that takes numbers takes them for names, and not as counts and times.
        func isName(in spot: ForeignRequest.Spot) -> Bool {
            guard UInt64(value) != nil else { return true }
            switch spot {
            case .path, .wholePath: return true
            case .parameter(let name), .member(let name):
                return ["device", "device_id", "capsule", "capsule_id", "current_capsule_id"].contains(name)
            }
        }
    }

    private static func names(_ account: AccountPlace) -> [Name] {
        [
            Name(value: String(account.number), absent: "987654321"), Name(value: account.dsn, absent: "absent-dev"),
            Name(value: account.session, absent: "absent-run"), Name(value: account.name, absent: "absent"),
            Name(value: account.user, absent: "absent-user"), Name(value: account.keyName, absent: "absent-key"),
            Name(value: account.serial, absent: String(account.serial.reversed())),
            Name(value: account.entry, absent: account.entry),
        ]
    }

    /// Of `names`, those that stand in parameters and members anywhere; the others are of users, keys and certificates.
    private static let commonNameCount = 4

    /// Names that are the only ones of their kind on the whole server: that one is taken cannot be hidden from who wants
    /// to take it. Nothing else is told, and nothing done.
    private static func isUniqueEverywhere(_ request: ForeignRequest) -> Bool {
        switch (request.pattern, request.spot) {
        case ("/api/v1/capsules/generate", .member("dsn")), ("/api/v1/admin/api-keys", .member("name")): true
        default: false
        }
    }

    /// An outcome as far as it says whether there is something.
    private static func outcome(_ answer: Answer) -> String {
        (200..<300).contains(answer.status) ? "success" : "\(answer.status) \(answer.problem ?? "")"
    }

    /// Sends a request for a name and one for what is not there, and says what is wrong with the answers.
    private func check(_ request: ForeignRequest, _ name: Name, by sender: Sender, absent: String?) async throws
        -> String
    {
        let answer = try await sender.send(request.method, request.path, json: request.json)
        let outcome = Self.outcome(answer)
        let what =
            "\(sender.name): \(request.method) \(request.path) \(request.json ?? ""): \(answer.status) \(answer.text)"
        let said = answer.text.replacing(name.value, with: "")
        for victim in victims {
            for secret in victim.secrets where said.contains(secret) { Issue.record("shows \(secret): \(what)") }
        }
        #expect(answer.status < 500, "\(what)")
        if request.isInPath, !request.pattern.contains("/logs/fields/") {
            #expect(outcome != "success", "succeeds: \(what)")
        }
        if Self.isUniqueEverywhere(request) { return outcome }
        if let absent, name.isName(in: request.spot) {
            #expect(outcome == absent, "another answer than for what is not there: \(what)")
        }
        return outcome
    }

    /// Walks the spots with each sender, and counts the requests that name something foreign.
    private func walk(_ places: ForeignRequests.Places, _ senders: [Sender]) async throws -> Int {
        let requests = ForeignRequests(own: own)
        let spots = requests.spots(places)
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for sender in senders {
                group.addTask { [self, victims] in
                    var count = 0
                    for (method, pattern, spot) in spots {
                        var known: [String: String] = [:]
                        let isAny = places == .inPaths || pattern.contains("/admin/") || pattern.contains("/revoke")
                        for account in victims {
                            for name in Self.names(account).prefix(isAny ? .max : Self.commonNameCount) {
                                if known[name.absent] == nil {
                                    let request = requests.request(method, pattern, spot, naming: name.absent)
                                    known[name.absent] = try await check(request, name, by: sender, absent: nil)
                                }
                                let request = requests.request(method, pattern, spot, naming: name.value)
                                _ = try await check(request, name, by: sender, absent: known[name.absent])
                                count += 1
                            }
                        }
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
    }

    @Test func nothingOfAnotherAccountIsShownOrChanged() async throws {
        var before: [AccountRows] = []
        for victim in victims { before.append(try await AccountRows.read(victim, of: place)) }
        for victim in victims { try await checkOwnersSee(victim) }
        // Those who may do the most stand for all where the permission is not what matters.
        let mighty = [senders[2], own.device]
        var count = try await walk(.inPaths, senders)
        count += try await walk(.inParameters, mighty)
        count += try await walk(.inBodies, mighty)
        count += try await askForEntries()
        count += try await storeAsOthers()
        #expect(count >= 5_000, "\(count) requests")
        try await takeOthersNames()
        for (victim, before) in zip(victims, before) {
            let after = try await AccountRows.read(victim, of: place)
            #expect(after == before, "something of \(victim.name) was changed")
        }
        #expect(try await place.send("GET", "/api/v1/admin/check").json["problems"] == .array([]))
    }

    /// What is refused to others is there: its owner finds it under the same names.
    private func checkOwnersSee(_ account: AccountPlace) async throws {
        let number = account.number
        for path in [
            "fleet/devices/\(account.dsn)", "fleet/devices/\(number)", "fleet/devices/\(number)/metrics",
            "fleet/devices/\(number)/shadow", "fleet/devices/\(number)/commands/history",
            "fleet/devices/\(number)/certificate", "fleet/commands/\(number)", "sessions/\(number)",
            "sessions/\(account.session)", "sessions/\(number)/timeline", "logs/\(account.entry)",
            "logs/\(account.entry)/context", "logs/quarantine/\(number)", "fleet/devices", "sessions", "admin/users",
            "admin/api-keys", "logs", "logs/quarantine", "logs/fields/message/values",
        ] {
            let answer = try await account.key.send("GET", "/api/v1/" + path)
            let isShown = account.secrets.contains { answer.text.contains($0) }
            #expect(answer.status == 200 && isShown, "\(account.name) \(path): \(answer.text)")
        }
    }

    /// Queries that look for what is foreign by everything that a query can look for.
    private func askForEntries() async throws -> Int {
        var count = 0
        for sender in [senders[0], senders[2], own.key] {
            for victim in victims {
                for query in [
                    "since:1970-01-01", "-message:nothing", "device_environment:testing OR -device_environment:testing",
                    "device_name:\(victim.mark)-name", "session_status:active OR -session_status:active",
                    "\(victim.mark) OR -\(victim.mark)", "| stats count() by device", "| stats count() by message",
                    "device:\(victim.dsn) | context 3", "| patterns", "| sort by time | limit 1000", "| top 10 module",
                ] {
                    for route in ["logs", "logs/export", "logs/histogram", "logs/fields", "logs/fields/module/values"] {
                        let answer = try await sender.send("GET", "/api/v1/\(route)?query=\(escaped(query))")
                        for secret in victim.secrets {
                            let said = answer.text.replacing(query, with: "").replacing("\(victim.dsn)", with: "")
                                .replacing("\(victim.mark)-name", with: "")
                            // A word of the query itself is named where it is at fault.
                            guard answer.status == 200 else { continue }
                            #expect(!said.contains(secret), "\(sender.name) \(route) \(query): \(answer.text)")
                        }
                        count += 1
                    }
                }
            }
        }
        for sender in [senders[0], senders[2], own.key] {
            for text in ["", "device:", "session:", "module:", "context.", "| stats count() by ", "device:qx"] {
                let answer = try await sender.send("GET", "/api/v1/logs/complete?query=\(escaped(text))&limit=1000")
                #expect(answer.status == 200, "\(answer.text)")
                for victim in victims {
                    #expect(!answer.text.contains(victim.mark), "\(sender.name) \(text): \(answer.text)")
                }
                if text == "device:" { #expect(answer.text.contains(own.dsn), "\(answer.text)") }
                count += victims.count
            }
        }
        return count
    }

    /// Entries for another account's devices, whose name may stand in several places.
    ///
    /// A device's entries are its own, so of a batch of others' it refuses the entries, and takes its own.
    private func storeAsOthers() async throws -> Int {
        var count = 0
        var sequence = 0
        for sender in senders {
            for victim in victims {
                for (json, headers) in [
                    (#"[{"device":"\#(victim.dsn)","message":"m"}]"#, [:]),
                    (#"[{"device":"\#(own.dsn)","message":"m"},{"device":"\#(victim.dsn)","message":"m"}]"#, [:]),
                    (#"{"device":"\#(victim.dsn)","entries":[{"message":"m"}]}"#, [:]),
                    (
                        #"{"device":"\#(victim.dsn)","boot":"b","sequence":0,"entries":[{"message":"m","device":"\#(own.dsn)"}]}"#,
                        [:]
                    ),
                    (
                        #"[{"device":"\#(own.dsn)","message":"m"}]"#,
                        ["X-Batch-Device": victim.dsn, "X-Batch-Boot": "b", "X-Batch-Seq": "0"]
                    ),
                ] as [(String, [String: String])] {
                    func store(as dsn: String) async throws -> Answer {
                        sequence += 1
                        let json = json.replacing(victim.dsn, with: dsn)
                            .replacing(#""sequence":0"#, with: #""sequence":\#(sequence)"#)
                        var headers = headers.mapValues { $0 == victim.dsn ? dsn : $0 }
                        if headers["X-Batch-Seq"] != nil { headers["X-Batch-Seq"] = String(sequence) }
                        return try await sender.send("POST", "/api/v1/logs/ingest", json: json, headers: headers)
                    }
                    let (answer, absent) = (try await store(as: victim.dsn), try await store(as: "absent-dev"))
                    if sender.name != own.device.name {
                        #expect(answer.status != 200, "\(sender.name) \(json) \(headers): \(answer.text)")
                    }
                    #expect(Self.outcome(answer) == Self.outcome(absent), "\(sender.name) \(json): \(answer.text)")
                    count += 1
                }
            }
        }
        return count
    }

    /// Names and numbers that are the only ones of the server are not given a second time, and registering with another's
    /// gives no certificate.
    private func takeOthersNames() async throws {
        let capsule = try await own.key.send(
            "POST", "/api/v1/capsules/generate", json: #"{"dsn":"\#(own.dsn)","type":"drone"}"#,
            headers: ["Accept": "application/json"])
        let token = try #require(capsule.json["registration_token"]?.text)
        for victim in victims {
            let user = #"{"username":"\#(victim.user)","password":"correct horse","role":"admin"}"#
            #expect(try await own.key.send("POST", "/api/v1/admin/users", json: user).problem == "name_taken")
            let key = #"{"name":"\#(victim.keyName)","scopes":["query"]}"#
            #expect(try await own.key.send("POST", "/api/v1/admin/api-keys", json: key).problem == "name_taken")
            let device = #"{"dsn":"\#(victim.dsn)","type":"drone"}"#
            let refused = try await own.key.send("POST", "/api/v1/capsules/generate", json: device)
            #expect(refused.problem == "foreign_device", "\(refused.text)")
            let registered = try await place.register(victim.dsn, token, DeviceKey())
            #expect(registered.status == 401 || registered.status == 403, "\(registered.text)")
        }
    }

    /// An account without devices has nothing to see, rather than everything.
    @Test func whoHasNoDevicesSeesNone() async throws {
        let (text, _) = try await place.server.services.identities.addAPIKey(
            "west-key", scopes: Permissions.names, account: "west", by: .command)
        let key = place.sender("west key", ["X-API-Key": text])
        for path in [
            "fleet/devices", "sessions", "fleet/commands/dead-letters", "logs", "logs/fields", "logs/quarantine",
            "logs/export", "logs/histogram", "logs/fields/device/values", "logs/complete?query=device:", "admin/users",
        ] {
            let answer = try await key.send("GET", "/api/v1/" + path)
            #expect(answer.status == 200 && !answer.text.contains("qx"), "\(path): \(answer.text)")
        }
        let json = #"{"filter":"environment:testing","command":"beep"}"#
        let order = try await key.send("POST", "/api/v1/fleet/commands", json: json)
        #expect(order.problem == "unknown_device", "\(order.text)")
    }

    /// A live stream has what comes for the own devices, and nothing else, from the past or now.
    @Test func aStreamShowsTheOwnEntriesAlone() async throws {
        for sender in senders where sender.name != own.device.name {
            for parameters in ["query=since:1970-01-01", "cursor=0.0", "query=device:\(victims[0].dsn)"] {
                let isOwn = !parameters.contains(victims[0].dsn)
                let fields =
                    sender.headers.map { HTTPField($0.key, $0.value) } + [HTTPField("Accept", "text/event-stream")]
                let stream = try await sender.transport.stream(
                    HTTPCall(
                        url: place.url + "/api/v1/logs/stream?" + parameters, headers: fields,
                        silenceTimeout: .seconds(120)))
                var iterator = stream.body.makeAsyncIterator()
                var text = ""
                if stream.status != 200 {
                    #expect(stream.status == 403, "\(sender.name)")
                    continue
                }
                // The first frame says that the stream stands.
                if let piece = try await iterator.next() { text += String(decoding: piece, as: UTF8.self) }
                for account in victims + [own] {
                    let json = #"[{"message":"\#(account.mark) late","session_id":"late"}]"#
                    let stored = try await account.device.send("POST", "/api/v1/logs/ingest", json: json)
                    try #require(stored.status == 200, "\(stored.text)")
                }
                while isOwn, !text.contains("\(own.mark) late"), let piece = try await iterator.next() {
                    text += String(decoding: piece, as: UTF8.self)
                }
                for victim in victims {
                    #expect(!text.contains(victim.mark), "\(sender.name) \(parameters): \(text)")
                }
            }
        }
    }
}
