/// Files by their paths, as folders within folders.
struct FileTree {
    enum File {
        case log(SessionLogs.File)
        case artifact(ArtifactRecord)
    }

    indirect enum Node {
        case folder(Folder)
        case file(File)
    }

    struct Folder {
        /// The logs first, then by name.
        private(set) var entries: [(name: String, path: String, node: Node)] = []
    }

    let root: Folder

    init(_ files: [(path: String, file: File)]) {
        root = FileTree.folder(
            files.map { (Array($0.path.split(separator: "/")[...]), $0.path, $0.file) }[...], depth: 0, above: "")
    }

    /// - Parameter files: Those of one folder, which stand beside each other.
    private static func folder(
        _ files: ArraySlice<(parts: [Substring], path: String, file: File)>, depth: Int, above: String
    ) -> Folder {
        var folder = Folder()
        var rest = files
        while let first = rest.first {
            let name = first.parts[depth]
            guard first.parts.count > depth + 1 else {
                folder.append(String(name), first.path, .file(first.file))
                rest = rest.dropFirst()
                continue
            }
            let inner = rest.prefix { $0.parts.count > depth + 1 && $0.parts[depth] == name }
            let path = above + name
            folder.append(String(name), path, .folder(self.folder(inner, depth: depth + 1, above: path + "/")))
            rest = rest.dropFirst(inner.count)
        }
        return folder
    }
}

extension FileTree.Folder {
    fileprivate mutating func append(_ name: String, _ path: String, _ node: FileTree.Node) {
        entries.append((name, path, node))
    }
}
