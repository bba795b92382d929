/// Which modules of the user interface a page needs, so that its document can name them all at once: a browser would
/// find them one after the other, each in the one that imports it.
struct WebModules: Sendable {
    /// Of each view, itself first, by their paths below the user interface's directory.
    private let needed: [String: [String]]

    private static let views = [
        missing, "logs/view.js", "fleet/view.js", "fleet/device.js", "sessions/view.js", "sessions/session.js",
        "sessions/files.js", "admin/view.js",
    ]

    /// The view of what is not there, which the document has until it is made for a path.
    static let missing = "common/missing.js"

    /// The module of a path's view; it imports what else the page needs.
    static func view(of path: Substring) -> String {
        let parts = path.split(separator: "/")
        return switch (parts.first, parts.count) {
        case (nil, _), ("logs", 1): "logs/view.js"
        case ("fleet", 1): "fleet/view.js"
        case ("fleet", 2): "fleet/device.js"
        case ("sessions", 1): "sessions/view.js"
        case ("sessions", 2): "sessions/session.js"
        case ("sessions", 3) where parts[2] == "files": "sessions/files.js"
        case ("admin", 1): "admin/view.js"
        default: missing
        }
    }

    /// - Parameter files: All of the user interface, by path.
    init(_ files: [String: WebFile]) {
        var needed: [String: [String]] = [:]
        for view in WebModules.views {
            var found: [String] = []
            WebModules.add(view, of: files, to: &found)
            needed[view] = found
        }
        self.needed = needed
    }

    subscript(_ view: String) -> [String] { needed[view] ?? [] }

    private static func add(_ module: String, of files: [String: WebFile], to found: inout [String]) {
        guard !found.contains(module), let file = files[module] else { return }
        found.append(module)
        for imported in imports(of: String(decoding: file.bytes, as: UTF8.self)) {
            add(resolve(imported, from: module), of: files, to: &found)
        }
    }

    /// The relative paths behind `from`, as the static imports of these modules are all written.
    private static func imports(of text: String) -> [Substring] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " from '")
            guard parts.count == 2, parts[1].hasPrefix("."), parts[1].hasSuffix("';") else { return nil }
            return parts[1].dropLast(2)
        }
    }

    private static func resolve(_ path: Substring, from module: String) -> String {
        var parts = module.split(separator: "/").dropLast()
        for part in path.split(separator: "/") {
            switch part {
            case ".": break
            case "..": parts = parts.dropLast()
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
