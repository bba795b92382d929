import Glibc
import LogModel

/// Reads one file, and those that take its name after it, into batches with marks. Belongs to one thread at a time.
final class FileReader {
    private let settings: InputSettings
    private let context: SourceContext
    private let path: String
    private var file: TrackedFile
    private var assembler: LineAssembler
    /// Where to go on after a crash: before the text that may still go on.
    private var safe: FilePosition
    private var lastLine = ContinuousClock.now

    private init(_ file: TrackedFile, _ path: String, _ settings: InputSettings, _ context: SourceContext)
        throws(AgentError)
    {
        self.file = file
        self.path = path
        self.settings = settings
        self.context = context
        assembler = LineAssembler(settings)
        safe = try file.position()
    }

    /// Opens the file where it was left.
    ///
    /// - Parameter startsAtEnd: A file that was never read begins at its end.
    nonisolated(nonsending) static func open(
        _ path: String, _ settings: InputSettings, _ context: SourceContext, startsAtEnd: Bool
    ) async throws(AgentError) -> FileReader {
        let mark = await context.intake.mark(of: name(path))
        let remembered: FilePosition? = mark.flatMap { JSONText.decode($0) }
        if let remembered, let old = try renamed(remembered, path) {
            context.say("\(path) was rotated while the agent did not run; first the rest of \(old.path)")
            if let notice = try old.resume(remembered) { context.say(notice) }
            return try FileReader(old, path, settings, context)
        }
        let file = try TrackedFile(path)
        if let remembered, remembered.key == file.key {
            if let notice = try file.resume(remembered) { context.say(notice) }
        } else if mark == nil, startsAtEnd {
            try file.skipToEnd()
        }
        return try FileReader(file, path, settings, context)
    }

    /// The file that was read under the name, under its new one beside it; nil where it still has its name, or is gone.
    private static func renamed(_ remembered: FilePosition, _ path: String) throws(AgentError) -> TrackedFile? {
        var status = stat()
        if stat(path, &status) == 0, FilePosition.Key(status) == remembered.key { return nil }
        let directory = Files.directory(of: path)
        for name in try Files.names(in: directory) {
            let candidate = "\(directory)/\(name)"
            guard stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                FilePosition.Key(status) == remembered.key
            else { continue }
            let file = try TrackedFile(candidate)
            let fingerprint = try file.fingerprint(byteCount: Int64(remembered.fingerprint.byteCount))
            return fingerprint == remembered.fingerprint ? file : nil
        }
        return nil
    }

    private static func name(_ path: String) -> String { "file:\(path)" }

    /// Reads what is there, and hands it over.
    ///
    /// - Parameter isLast: A last line counts although it has no line end.
    /// - Returns: Whether there was any line.
    nonisolated(nonsending) func read(isLast: Bool) async throws(AgentError) -> Bool {
        if try file.isReplaced() {
            try await put(isEnd: true)
            context.say("\(path) was truncated; reading it from its beginning")
            file.restart()
            safe = try file.position()
            try await putMark()
        }
        var hasRead = try await readLines(isLast: false)
        // Whether the name means another file, from now on: what was written to the old one before is read above or here.
        if file.path != path || file.isRotated, Files.exists(path), !hasRead {
            hasRead = try await readLines(isLast: true)
            try await put(isEnd: true)
            context.say("\(path) was rotated; going on with the new file")
            file = try TrackedFile(path)
            safe = try file.position()
            try await putMark()
            return true
        }
        if isLast { _ = try await readLines(isLast: false) }
        if !hasRead, assembler.isPending, ContinuousClock.now - lastLine >= SourceContext.joinTimeout || isLast {
            try await put(isEnd: true)
        } else {
            try await put(isEnd: false)
        }
        return hasRead
    }

    nonisolated(nonsending) private func readLines(isLast: Bool) async throws(AgentError) -> Bool {
        var hasRead = false
        while true {
            let before = try file.position()
            switch try file.nextLine(isLast: isLast) {
            case .end: return hasRead
            case .tooLong(let byteCount, let beginning):
                assembler.refuse(.lineTooLong, "the line has \(byteCount) bytes", beginning: beginning)
                assembler.flush(context.defaults(settings))
                safe = try file.position()
            case .whole(let range):
                let line = Array(file.cursor.bytes[range])
                try await take(line, before: before)
            }
            hasRead = true
            lastLine = ContinuousClock.now
            if assembler.entryCount >= SourceContext.batchCountMax
                || assembler.byteCount >= SourceContext.batchByteCountMax
            {
                try await put(isEnd: false)
            }
        }
    }

    nonisolated(nonsending) private func take(_ line: [UInt8], before: FilePosition) async throws(AgentError) {
        if line.withUnsafeBytes({ assembler.isOtherKind($0) }) { try await put(isEnd: true) }
        let isOwn = line.withUnsafeBytes { assembler.take($0, context.defaults(settings)) }
        if !assembler.isPending {
            safe = try file.position()
        } else if isOwn {
            safe = before
        }
    }

    /// Hands over what is read.
    ///
    /// - Parameter isEnd: A text that may go on ends here.
    nonisolated(nonsending) private func put(isEnd: Bool) async throws(AgentError) {
        if isEnd {
            assembler.flush(context.defaults(settings))
            safe = try file.position()
        }
        let (batch, refused) = assembler.takeBatch()
        context.refuse(refused, input: FileReader.name(path))
        guard !batch.isEmpty || !refused.isEmpty else { return }
        try await context.intake.put(batch, mark: mark(), whenSynced: nil)
    }

    nonisolated(nonsending) private func putMark() async throws(AgentError) {
        try await context.intake.put(Batch(), mark: mark(), whenSynced: nil)
    }

    private func mark() -> InputMark { InputMark(input: FileReader.name(path), value: JSONText.encode(safe)) }
}
