import Glibc
import LogModel

/// Reads files as they grow, each line once: how far a file was read is kept with its entries. On a thread of its own.
///
/// A file that is renamed is read to its end before the one that took its place; one that was renamed while the agent did
/// not run is found beside it. A file that is emptied or written anew is read from its beginning.
actor FileInput {
    private let executor = BlockingExecutor(label: "logdb.files")
    private let settings: InputSettings
    private let context: SourceContext
    private let pattern: String
    private var readers: [String: FileReader] = [:]
    /// Files that cannot be read, and why, so that each is told once.
    private var problems: [String: String] = [:]

    /// New files are looked for so often.
    private static let scanInterval = Duration.seconds(2)

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ settings: InputSettings, pattern: String, context: SourceContext) {
        self.settings = settings
        self.pattern = pattern
        self.context = context
    }

    /// Runs until a stop is asked for, and then once more to the ends of the files.
    func run(stop: StopRequest) async throws(AgentError) {
        var nextScan = ContinuousClock.now
        var isFirstScan = true
        while true {
            let isLast = stop.isMade
            if ContinuousClock.now >= nextScan {
                await scan(isFirst: isFirstScan)
                isFirstScan = false
                nextScan = ContinuousClock.now + FileInput.scanInterval
            }
            var hasRead = false
            for (path, reader) in readers.sorted(by: { $0.key < $1.key }) {
                do throws(AgentError) {
                    if try await reader.read(isLast: isLast) { hasRead = true }
                } catch {
                    if error.code == .stopping { return }
                    guard error.code == .io else { throw error }
                    // Opened anew, it goes on where its mark is.
                    tell(path, error.message)
                    readers[path] = nil
                }
            }
            if isLast { return }
            if !hasRead { try? await Task.sleep(for: SourceContext.pollInterval) }
        }
    }

    private func scan(isFirst: Bool) async {
        for path in Files.matches(pattern) where readers[path] == nil {
            do throws(AgentError) {
                readers[path] = try await FileReader.open(
                    path, settings, context, startsAtEnd: settings.startsAtEnd && isFirst)
                problems[path] = nil
            } catch {
                tell(path, error.message)
            }
        }
    }

    private func tell(_ path: String, _ problem: String) {
        if problems.updateValue(problem, forKey: path) != problem { context.say(problem) }
    }
}
