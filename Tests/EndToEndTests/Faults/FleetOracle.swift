import Foundation

/// Remembers what a server said that it had done for a fleet, and says where what is stored differs from it.
actor FleetOracle {
    struct Name: Hashable, Sendable {
        var device: String
        var session: String
    }

    /// Entries of a session: acknowledged, and on their way when the server was killed.
    struct Count: Sendable {
        var acknowledged = 0
        var unanswered = 0
    }

    /// Counts up with each kill; whoever works for an earlier cycle stops.
    private(set) var cycle = 0
    private(set) var devices: [String: Int] = [:]
    private(set) var heartbeats: Set<String> = []
    private(set) var commands: [Int: String] = [:]
    private(set) var sessions: [Int: Name] = [:]
    private(set) var entries: [Name: Count] = [:]
    private(set) var unansweredCount = 0
    private var lastNumber = 0

    func endCycle() { cycle += 1 }

    /// A number that nothing else has.
    func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// A device that is registered.
    func anyDevice(_ number: UInt64) -> String? {
        let names = devices.keys.sorted()
        return names.isEmpty ? nil : names[Int(number % UInt64(names.count))]
    }

    func registered(_ device: String, _ id: Int) { devices[device] = id }
    func heard(_ device: String) { heartbeats.insert(device) }
    func sent(_ command: Int, to device: String) { commands[command] = device }
    func started(_ session: Int, _ name: Name) { sessions[session] = name }
    func stored(_ name: Name, _ count: Int) { entries[name, default: Count()].acknowledged += count }
    func lost(_ name: Name, _ count: Int) { entries[name, default: Count()].unanswered += count }
    func unanswered() { unansweredCount += 1 }

    /// Everything that is missing or otherwise than it was acknowledged, and each counter that is not what a query counts.
    func differences(from client: FleetClient) async throws -> [String] {
        var broken: [String] = []
        let (devices, heartbeats, commands, sessions) = (devices, heartbeats, commands, sessions)
        for (device, id) in devices {
            let found = try await client.send("GET", "/fleet/devices/\(device)").object
            if found["id"] as? Int != id || found["registered"] as? Bool != true { broken.append("device: \(found)") }
            if heartbeats.contains(device), !(found["last_heartbeat_at"] is String) { broken.append("heart: \(found)") }
            let certificates = try await client.send("GET", "/fleet/devices/\(device)/certificate").object
            if (certificates["certificates"] as? [Any])?.count != 1 { broken.append("\(device): \(certificates)") }
        }
        for (command, device) in commands {
            let found = try await client.send("GET", "/fleet/commands/\(command)").object
            if found["device_id"] as? Int != devices[device] { broken.append("command \(command): \(found)") }
        }
        for (session, name) in sessions {
            let found = try await client.send("GET", "/sessions/\(session)").object
            if found["session_id"] as? String != name.session || found["device"] as? String != name.device
                || found["name"] as? String != "mission \(name.session)"
            {
                broken.append("session \(session) of \(name): \(found)")
            }
        }
        broken += try await recount(client)
        return Array(broken.prefix(10))
    }

    private func recount(_ client: FleetClient) async throws -> [String] {
        var broken: [String] = []
        let query =
            "since:1970-01-01 | stats count() as n, count() if (level:>=ERROR) as errors, "
            + "count() if (level:WARN) as warnings by device, session"
        let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
        let rows = try await client.send("GET", "/logs?limit=10000&query=\(escaped)").object["rows"] as? [[String: Any]]
        var counted: [Name: [Int]] = [:]
        for row in rows ?? [] {
            let name = Name(device: row["device"] as? String ?? "", session: row["session"] as? String ?? "")
            counted[name] = ["n", "errors", "warnings"].map { row[$0] as? Int ?? -1 }
        }
        let list = try await client.send("GET", "/sessions?limit=10000").object["sessions"] as? [[String: Any]]
        for session in list ?? [] {
            let name = Name(
                device: session["device"] as? String ?? "", session: session["session_id"] as? String ?? "")
            let kept = ["total_logs", "error_count", "warning_count"].map { session[$0] as? Int ?? -1 }
            let found = counted.removeValue(forKey: name) ?? [0, 0, 0]
            if kept != found { broken.append("\(name) has \(found) entries, and says \(kept)") }
            let sent = entries[name] ?? Count()
            if kept[0] < sent.acknowledged || kept[0] > sent.acknowledged + sent.unanswered {
                broken.append("\(name) has \(kept[0]) entries of \(sent)")
            }
        }
        broken += counted.keys.map { "no session \($0), which has entries" }
        return broken
    }
}
