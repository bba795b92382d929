import Foundation

/// The files of a recorded directory at a moment of the trace, and what a loss of power at that moment may leave of them.
///
/// The rules are POSIX's, which promises less than common file systems do: the bytes of a file are on the disk once it was
/// synced, a change of names once a directory that it touches was; of later changes of names, as of a journal, a first part.
struct RecordedDisk {
    private enum Node {
        case directory
        case file(RecordedFile)
    }

    /// A change of names, which is on the disk as a whole or not at all.
    private struct NameChange {
        /// What the paths stand for from here on; nil for nothing.
        var paths: [(path: String, node: Node?)]
        var isDurable = false
    }

    private let trace: WriteTrace
    private var next = 0
    /// As the process sees them.
    private var names: [String: Node] = ["": .directory]
    private var durableNames: [String: Node] = ["": .directory]
    /// Since the first that is not durable.
    private var changes: [NameChange] = []
    private var descriptors: [Int32: String] = [:]
    private var openFiles: [Int32: RecordedFile] = [:]

    init(_ trace: WriteTrace) { self.trace = trace }

    /// Goes on to the state after `count` records, which are no fewer than before.
    mutating func advance(to count: Int) {
        while next < count {
            apply(trace.records[next])
            next += 1
        }
    }

    private mutating func apply(_ record: WriteTrace.Record) {
        switch record.operation {
        case .open(let path, let flags): open(path, flags, record.descriptor)
        case .close:
            descriptors[record.descriptor] = nil
            openFiles[record.descriptor] = nil
        case .write(let offset, let bytes): openFiles[record.descriptor]?.write(trace.bytes[bytes], at: offset)
        case .truncate(let length): openFiles[record.descriptor]?.truncate(to: length)
        case .sync:
            if let file = openFiles[record.descriptor] { return file.sync() }
            if let directory = descriptors[record.descriptor] { syncNames(of: directory) }
        case .makeDirectory(let path): change([(path, .directory)])
        case .removeDirectory(let path), .unlink(let path): change([(path, nil)])
        case .rename(let from, let to): if let node = names[from] { change([(to, node), (from, nil)]) }
        case .link(let from, let to): if let node = names[from] { change([(to, node)]) }
        }
    }

    private mutating func open(_ path: String, _ flags: Int32, _ descriptor: Int32) {
        descriptors[descriptor] = path
        switch names[path] {
        case .directory: openFiles[descriptor] = nil
        case .file(let file):
            openFiles[descriptor] = file
            if flags & O_TRUNC != 0 { file.truncate(to: 0) }
        case nil:
            // A directory or file that was there before the recording began is none of ours.
            guard flags & O_CREAT != 0 else { return }
            let file = RecordedFile()
            openFiles[descriptor] = file
            change([(path, .file(file))])
        }
    }

    private mutating func change(_ paths: [(path: String, node: Node?)]) {
        changes.append(NameChange(paths: paths))
        RecordedDisk.apply(changes[changes.count - 1], to: &names)
    }

    private static func apply(_ change: NameChange, to names: inout [String: Node]) {
        for (path, node) in change.paths { names[path] = node }
    }

    private mutating func syncNames(of directory: String) {
        for index in changes.indices
        where changes[index].paths.contains(where: { RecordedDisk.parent($0.path) == directory }) {
            changes[index].isDurable = true
        }
        while let first = changes.first, first.isDurable {
            RecordedDisk.apply(first, to: &durableNames)
            changes.removeFirst()
        }
    }

    private static func parent(_ path: String) -> String {
        path.split(separator: "/").dropLast().joined(separator: "/")
    }

    /// Writes what may be left after a loss of power now into `directory`, which is made.
    func writeImage(to directory: String, _ survival: Survival, _ random: inout SeededGenerator) throws {
        var left = durableNames
        let loose = changes.count { !$0.isDurable }
        var kept = survival == .all ? loose : survival == .none ? 0 : Int.random(in: 0...loose, using: &random)
        for change in changes {
            if !change.isDurable {
                guard kept > 0 else { continue }
                kept -= 1
            }
            RecordedDisk.apply(change, to: &left)
        }
        for (path, node) in left.sorted(by: { $0.key < $1.key }) {
            let target = "\(directory)/\(path)"
            switch node {
            case .directory: try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            case .file(let file):
                // A file whose directory is not on the disk is out of reach.
                guard left[RecordedDisk.parent(path)] != nil else { continue }
                let bytes = file.contents(survival, &random)
                guard FileManager.default.createFile(atPath: target, contents: Data(bytes)) else {
                    throw Stuck("could not write \(target)")
                }
            }
        }
    }
}
