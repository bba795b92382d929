import LogModel

/// Reads the files into batches and spools them. Decoding, compressing and reading all happen on this actor's thread.
actor ShipReader {
    /// What was read in this run.
    struct Summary: Sendable {
        var refusedCount = 0
        /// Every file was read to its end.
        var isComplete = false
    }

    private let executor = BlockingExecutor(label: "logdb.ship.reader")
    private let options: ShipOptions
    private let spool: ShipSpool
    private let progress: ShipProgress
    private let stop: StopRequest
    private var summary = Summary()
    private var compressor = ZstdCompressor()
    /// Set when the uploader has stopped: nothing more is read.
    private var isAbandoned = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(options: ShipOptions, spool: ShipSpool, progress: ShipProgress, stop: StopRequest) {
        self.options = options
        self.spool = spool
        self.progress = progress
        self.stop = stop
    }

    /// Reads until the files' ends, or while following until a stop is asked for.
    func run() async throws(AgentError) -> Summary {
        // All of them first: a wrong name is said before anything is shipped.
        var files: [TrackedFile] = []
        for path in options.files {
            let file = try TrackedFile(path)
            // Two names of one file would be two readers of it.
            if !files.contains(where: { $0.key == file.key }) { files.append(file) }
        }
        for file in files {
            try await resume(file)
            progress.addExpected(byteCount: max(0, try file.byteCount - file.cursor.offset))
        }
        if options.isFollowing {
            try await follow(&files)
        } else {
            summary.isComplete = true
            for file in files {
                if try await !read(file, isLast: true).isAtEnd { summary.isComplete = false }
                try await cut(file)
            }
            if isAbandoned { summary.isComplete = false }
        }
        return summary
    }

    /// The uploader has stopped: reading more is of no use.
    func abandon() { isAbandoned = true }

    private var isEnding: Bool { isAbandoned || stop.isMade || Task.isCancelled }

    private func resume(_ file: TrackedFile) async throws(AgentError) {
        if let notice = try file.resume(await spool.position(of: file.key)) { progress.say(notice) }
    }

    private func follow(_ files: inout [TrackedFile]) async throws(AgentError) {
        while !isEnding {
            var hasRead = false
            for index in files.indices where !isEnding {
                files[index] = try await successor(of: files[index])
                let file = files[index]
                if try await read(file, isLast: false).hasLines { hasRead = true }
                if let since = file.pendingSince, ContinuousClock.now - since >= ShipOptions.batchAgeMax {
                    try await cut(file)
                }
            }
            if !hasRead { try? await Task.sleep(for: ShipOptions.pollInterval) }
        }
        for file in files where !isAbandoned { try await cut(file) }
    }

    /// The file to go on with: the same, unless its name was given to another.
    private func successor(of file: TrackedFile) async throws(AgentError) -> TrackedFile {
        if try file.isReplaced() {
            try await cut(file)
            progress.say("\(file.path) was truncated; shipping it from its beginning")
            file.restart()
            try await spool.skip(to: try file.position())
            return file
        }
        // While the name means nothing, a successor is still to come.
        guard file.isRotated, Files.exists(file.path) else { return file }
        let next = try TrackedFile(file.path)
        try await read(file, isLast: true)
        try await cut(file)
        progress.say("\(file.path) was rotated; going on with the new file")
        try await resume(next)
        return next
    }

    /// Reads what the file has, cutting full batches.
    ///
    /// - Parameter isLast: A last line counts although it has no `\n`.
    /// - Returns: Whether there was any line, and whether none is left for now.
    @discardableResult
    private func read(
        _ file: TrackedFile, isLast: Bool
    ) async throws(AgentError) -> (hasLines: Bool, isAtEnd: Bool) {
        var hasLines = false
        while !isEnding {
            let start = file.cursor.offset
            switch try file.nextLine(isLast: isLast) {
            case .end:
                return (hasLines, true)
            case .whole(let range):
                try take(range, of: file, at: start)
            case .tooLong(let byteCount, let beginning):
                let detail = "the line has \(byteCount) bytes; only its beginning is kept in rejected.ndjson"
                refuse(
                    file, code: RejectionCode.lineTooLong.rawValue, detail: detail, bytes: beginning, at: start,
                    byteCount: byteCount)
            }
            hasLines = true
            progress.addRead(byteCount: file.cursor.offset - start)
            if file.pendingSince == nil { file.pendingSince = ContinuousClock.now }
            file.pendingByteCount += Int(file.cursor.offset - start)
            if isFull(file) { try await cut(file) }
        }
        return (hasLines, false)
    }

    private func isFull(_ file: TrackedFile) -> Bool {
        (file.decoder?.entryCount ?? 0) >= options.batchSize
            || file.rejectedLines.count >= LineDecoder.rejectedCountMax
            || file.pendingByteCount >= ShipOptions.batchByteCountMax
    }

    private func take(_ range: Range<Int>, of file: TrackedFile, at start: Int64) throws(AgentError) {
        if file.decoder == nil {
            guard try chooseFormat(file) else { return }
            file.decoder = LineDecoder(isText: file.isText ?? false, defaults: defaults())
        }
        let rejection = file.cursor.bytes.withUnsafeBytes { bytes in
            file.decoder?.decode(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
        guard let rejection else { return }
        var line = file.cursor.bytes[range]
        while let last = line.last, last == 0x0a || last == 0x0d { line.removeLast() }
        refuse(file, code: rejection.code, detail: rejection.detail, bytes: line, at: start)
    }

    private func refuse(
        _ file: TrackedFile, code: String, detail: String, bytes: some Collection<UInt8>, at offset: Int64,
        byteCount: Int64? = nil
    ) {
        let line = RejectedLine(
            file: file.path, line: file.cursor.lineCount, offset: offset, code: code, detail: detail, bytes: bytes,
            byteCount: byteCount)
        progress.refused(line)
        file.rejectedLines.append(line)
        summary.refusedCount += 1
    }

    /// - Returns: False while the file has only blank lines, which tell nothing.
    private func chooseFormat(_ file: TrackedFile) throws(AgentError) -> Bool {
        if file.isText != nil { return true }
        switch options.format {
        case .ndjson: file.isText = false
        case .text: file.isText = true
        case .auto:
            if [".ndjson", ".jsonl", ".json"].contains(where: { file.path.hasSuffix($0) }) {
                file.isText = false
            } else if let character = try file.firstCharacter() {
                file.isText = character != UInt8(ascii: "{")
            } else {
                return false
            }
        }
        guard file.isText == true, options.device == nil else { return true }
        throw AgentError(
            .invalidArgument,
            "\(file.path) has plain text lines, which name no device: give --device, or --format ndjson")
    }

    private func defaults() -> EntryDecoder.Defaults {
        EntryDecoder.Defaults(
            device: options.device, session: options.session, module: options.module, receivedAt: WallClock.now())
    }

    /// Makes a batch of the lines since the last cut and spools it. From then on the position is after them.
    private func cut(_ file: TrackedFile) async throws(AgentError) {
        guard file.pendingSince != nil else { return }
        guard await spool.awaitRoom() else {
            isAbandoned = true
            return
        }
        let position = try file.position()
        if !file.rejectedLines.isEmpty {
            var lines: [UInt8] = []
            for line in file.rejectedLines { lines += JSONText.encode(line) + [0x0a] }
            try await spool.appendRejected(lines)
        }
        let batch = file.decoder?.takeBatch() ?? Batch()
        if batch.isEmpty {
            try await spool.skip(to: position)
        } else {
            let frame = BatchFrame.encode(batch, level: ShipOptions.compressionLevel, using: &compressor)
            try await spool.spool(frame, entryCount: batch.count, position: position)
        }
        file.decoder = nil
        file.rejectedLines = []
        file.pendingSince = nil
        file.pendingByteCount = 0
    }
}
