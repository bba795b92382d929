import Glibc
public import HTTPTransport
import LogModel

/// What a run of `ship` came to.
public struct ShipSummary: Sendable {
    /// Entries that the server stored.
    public var acceptedCount = 0
    /// Entries that the server had already, from before an interruption.
    public var duplicateCount = 0
    /// Lines that are no entries, and entries that the server refused.
    public var refusedCount = 0
    public var batchCount = 0
    public var elapsed = Duration.zero
    /// Whether all that there was to ship is with the server, set aside, or in `rejected.ndjson`.
    public var isComplete = false
    /// Where refused batches were set aside.
    public var quarantinePaths: [String] = []

    /// One line for a person.
    public var description: String {
        let seconds = max(0.001, elapsed / .seconds(1))
        let rate = Int((Double(acceptedCount + duplicateCount) / seconds).rounded())
        let tenths = Int((seconds * 10).rounded())
        return "accepted \(acceptedCount), duplicates \(duplicateCount), refused \(refusedCount), "
            + "\(tenths / 10).\(tenths % 10) s, \(rate) entries/s"
    }
}

/// Ships files to a server, each line exactly once, however often either side is interrupted.
public enum Ship {
    /// Ships until all is with the server, or a stop is asked for.
    ///
    /// - Parameters:
    ///   - stop: Ends the run within five seconds, with what is not shipped left for the next run.
    ///   - isTerminal: Whether progress may be drawn.
    ///   - write: Puts text on standard error.
    /// - Throws: `.invalidArgument`, `.locked`, `.io`, `.corruption`, `.formatTooNew` or `.unusableServer`. Nothing is
    ///   lost then, and a later run goes on.
    public static func run(
        _ options: ShipOptions, stop: StopRequest, transport: HTTPTransport = HTTPTransport(), isTerminal: Bool = false,
        write: @escaping @Sendable (String) -> Void
    ) async throws(AgentError) -> ShipSummary {
        let problems = options.validate()
        guard problems.isEmpty else { throw AgentError(.invalidArgument, problems.joined(separator: "; ")) }
        let device = options.device ?? "ship:" + hostName()
        let progress = ShipProgress(isTerminal: isTerminal, write: write)
        let spool = ShipSpool(
            try ShipStore(base: options.stateDirectory, server: options.serverBase, device: device))
        if spool.leftCount > 0 {
            let batches = spool.leftCount == 1 ? "batch" : "batches"
            progress.say("going on with \(spool.leftCount) \(batches) of an earlier run")
        }
        let reader = ShipReader(options: options, spool: spool, progress: progress, stop: stop)
        async let reading = read(with: reader, into: spool)
        let target = UploadTarget(server: options.serverBase, device: device, boot: spool.boot)
        let machine = UploadMachine(seed: .random(in: 0 ... .max))
        let uploading: Result<UploadMachine.End, AgentError>
        do throws(AgentError) {
            let uploader = CurlUploader(transport: transport, target: target, machine: machine)
            uploading = .success(try await uploader.run(spool, stop: stop) { tell($0, progress) })
        } catch {
            uploading = .failure(error)
        }
        await spool.close()
        await reader.abandon()
        let read = await reading
        await spool.end()
        let summary = try read.get()
        progress.finish()
        let end = try uploading.get()
        if case .impossible(let reason) = end { throw AgentError(.unusableServer, "\(options.serverBase): \(reason)") }
        let sums = progress.sums
        return ShipSummary(
            acceptedCount: sums.acceptedCount, duplicateCount: sums.duplicateCount,
            refusedCount: sums.serverRefusedCount + summary.refusedCount, batchCount: sums.batchCount,
            elapsed: progress.elapsed,
            isComplete: end == .finished && (summary.isComplete || options.isFollowing),
            quarantinePaths: await spool.quarantinePaths)
    }

    private static func read(
        with reader: ShipReader, into spool: ShipSpool
    ) async -> Result<ShipReader.Summary, AgentError> {
        let result: Result<ShipReader.Summary, AgentError>
        do throws(AgentError) { result = .success(try await reader.run()) } catch { result = .failure(error) }
        await spool.finishInput()
        return result
    }

    private static func tell(_ notice: CurlUploader.Notice, _ progress: ShipProgress) {
        switch notice {
        case .advanced(_, let receipt):
            progress.advanced(receipt)
            if receipt.rejectedCount > 0 {
                progress.say("the server refused \(receipt.rejectedCount) entries:\n\(receipt.rejectionDetail)")
            }
        case .quarantined(let batch, let answer):
            progress.quarantined(batch)
            progress.say(
                "the server refused batch \(batch.sequence) of \(batch.entryCount) entries (status \(answer.status)): "
                    + answer.detail)
        case .setback(let setback, let delay):
            // The first tells; after that a line now and then shows that it is still trying.
            guard setback.failureCount == 1 || setback.failureCount % 5 == 0 else { return }
            let tenths = Int(delay / .milliseconds(100))
            progress.say(
                "batch \(setback.batch.sequence), attempt \(setback.failureCount): \(setback.reason); trying again in "
                    + "\(tenths / 10).\(tenths % 10) s")
        }
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
