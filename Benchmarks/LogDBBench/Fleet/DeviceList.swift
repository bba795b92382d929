import Foundation

/// Many devices, and lists of them.
enum DeviceList {
    /// Pages of one list, in milliseconds each.
    struct Pages {
        var filter: String
        var times: [Double]
    }

    private static let batchCount = 2_000
    private static let pageCountMax = 200

    /// Makes devices by an entry each; the first are production's drones.
    static func make(_ count: Int, kindCount: Int, port: UInt16) throws {
        var connection = try HTTPConnection(port: port)
        for start in stride(from: 0, to: count, by: batchCount) {
            let lines = (start..<min(start + batchCount, count)).map {
                #"{"device":"Robot-\#($0)","message":"hello"}"# + "\n"
            }
            try send(
                "POST", "/api/v1/logs/ingest", lines.joined(), type: "application/x-ndjson", on: &connection)
        }
        for number in 0..<min(kindCount, count) {
            try send(
                "PUT", "/api/v1/fleet/devices/Robot-\(number)", #"{"environment":"production","device_type":"drone"}"#,
                type: "application/json", on: &connection)
        }
    }

    private static func send(
        _ method: String, _ path: String, _ body: String, type: String, on connection: inout HTTPConnection
    ) throws {
        let answer = try connection.exchange(
            HTTPConnection.request(method, path, headers: [("Content-Type", type)], body: Array(body.utf8)))
        guard answer.status == 200 else {
            throw LoadError("\(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
    }

    /// Reads lists from their first page on.
    static func read(port: UInt16) throws -> [Pages] {
        var connection = try HTTPConnection(port: port)
        var lists: [Pages] = []
        for filter in [
            "", "environment=production&type=drone", "status=offline",
            "environment=production&status=online&search=robot-9",
            "search=9999",
        ] {
            var list = Pages(filter: filter.isEmpty ? "all" : filter, times: [])
            var cursor: String? = ""
            while let at = cursor, list.times.count < pageCountMax {
                let path = "/api/v1/fleet/devices?limit=100&" + filter + (at.isEmpty ? "" : "&cursor=\(at)")
                let start = ContinuousClock.now
                let answer = try connection.exchange(HTTPConnection.request("GET", path))
                list.times.append((ContinuousClock.now - start).seconds * 1_000)
                guard answer.status == 200,
                    let document = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
                else { throw LoadError("\(path): \(answer.status)") }
                cursor = document["next_cursor"] as? String
            }
            lists.append(list)
        }
        return lists
    }
}
