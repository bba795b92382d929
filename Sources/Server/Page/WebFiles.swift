import Glibc

/// The files of the user interface. They are read once, when the server starts, so that a request can name no other file.
struct WebFiles: Sendable {
    /// More than the user interface has, and little enough to be held in memory.
    private static let byteCountMax = 16 << 20
    /// The views' folders, and none in them.
    private static let depthMax = 2

    /// By path below the directory: `logs/view.js`.
    private let files: [String: WebFile]

    /// Changes when any file does. Pages name their files below it, so that browsers may keep those for ever.
    let version: String

    let modules: WebModules

    static let empty = WebFiles([:])

    private init(_ files: [String: WebFile]) {
        self.files = files
        let tags = files.sorted { $0.key < $1.key }.map { $0.key + $0.value.entityTag }.joined()
        version = WebFile(Array(tags.utf8), mediaType: "").digest
        modules = WebModules(files)
    }

    /// Reads all files of known kinds.
    ///
    /// - Parameter directory: As `--web-root` names it; nil for the one that came with the executable. Where there is none
    ///   the server works without pages.
    /// - Throws: `ServerError` `.noWebFiles` when the directory that was named has no `index.html`, or too much.
    init(_ directory: String?) throws(ServerError) {
        guard let directory = directory ?? WebFiles.standardDirectory else {
            self = .empty
            return
        }
        var files: [String: WebFile] = [:]
        var byteCount = 0
        for path in WebFiles.paths(below: directory, depthMax: WebFiles.depthMax) {
            guard let mediaType = WebFile.mediaType(of: path) else { continue }
            guard let bytes = WebFiles.content(of: directory + "/" + path) else {
                throw ServerError(.noWebFiles, "cannot read \(directory)/\(path), a file of the user interface")
            }
            byteCount += bytes.count
            guard byteCount <= WebFiles.byteCountMax else {
                throw ServerError(
                    .noWebFiles, "\(directory) holds more than a user interface has; name its directory with --web-root"
                )
            }
            files[path] = WebFile(bytes, mediaType: mediaType)
        }
        guard files["index.html"] != nil else {
            throw ServerError(
                .noWebFiles, "\(directory) has no index.html; --web-root is the directory of the user interface's files"
            )
        }
        self.init(files)
    }

    subscript(_ path: String) -> WebFile? { files[path] }

    var paths: [String] { files.keys.sorted() }

    /// Beside the executable, where a package or the build puts them; else in the checkout that it was built from.
    private static var standardDirectory: String? {
        var candidates: [String] = []
        if let folder = executableFolder {
            candidates = ["web", "logdb_Server.resources/web", "../share/logdb/web"].map { folder + "/" + $0 }
        }
        let thisFile = "Page/WebFiles.swift"
        if #filePath.hasSuffix(thisFile) { candidates.append(#filePath.dropLast(thisFile.count) + "web") }
        return candidates.first { access($0 + "/index.html", R_OK) == 0 }
    }

    private static var executableFolder: String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
        guard count > 0, let slash = buffer[..<count].lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return String(decoding: buffer[..<slash], as: UTF8.self)
    }

    /// Of regular files, in order. Names that begin with a dot are left out.
    private static func paths(below directory: String, depthMax: Int, prefix: String = "") -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            var status = stat()
            guard stat(directory + "/" + name, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFREG {
                found.append(prefix + name)
            } else if status.st_mode & S_IFMT == S_IFDIR, depthMax > 1 {
                found += paths(below: directory + "/" + name, depthMax: depthMax - 1, prefix: prefix + name + "/")
            }
        }
        return found.sorted()
    }

    private static func content(of path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            bytes += buffer[..<count]
            if count < buffer.count { break }
            if bytes.count > byteCountMax { break }
        }
        return ferror(file) == 0 ? bytes : nil
    }
}
