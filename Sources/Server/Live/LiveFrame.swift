import LogDB

/// What a live stream says, as JSON.
enum LiveFrame {
    /// - Parameter rows: JSON objects with commas between them; may be none.
    static func rows(_ rows: [UInt8], cursor: LivePosition?) -> [UInt8] {
        var bytes = Array(#"{"type":"rows","rows":["#.utf8)
        bytes += rows
        bytes += "],\"cursor\":".utf8
        bytes += (cursor.map { "\"\(LiveCursor.text($0))\"" } ?? "null").utf8
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    static func dropped(_ count: Int) -> [UInt8] { Array(#"{"type":"dropped","count":\#(count)}"#.utf8) }

    static func error(_ code: String, _ detail: String) -> [UInt8] {
        var json = JSONOutput()
        json.object { json in
            json.member("type", "error")
            json.member("code", code)
            json.member("detail", Problem.visible(detail))
        }
        return json.bytes
    }
}
