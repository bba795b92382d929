import Dispatch
import Glibc
import Synchronization

/// A program that is run to its end, with what it says. It gets no input, no shell, and a process group of its own, so
/// that what it started ends with it.
struct Program: Sendable {
    enum End: Sendable, Hashable {
        case notStarted(String)
        case exited(Int32, output: String)
        case killed(Int32, output: String)
        case timedOut(output: String)
    }

    /// The path of the program, absolute, and its arguments.
    var arguments: [String]
    /// Added to the agent's own.
    var environment: [String: String] = [:]

    /// Runs it on a thread of its own. Cancelling the task ends it.
    ///
    /// - Parameter outputByteCountMax: How much of what it writes is kept: the beginning and the end where it is more.
    func run(timeout: Duration, outputByteCountMax: Int) async -> End {
        let isCancelled = Flag()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { done in
                DispatchQueue(label: "logdb.program").async {
                    done.resume(returning: runBlocking(timeout, outputByteCountMax, isCancelled))
                }
            }
        } onCancel: {
            isCancelled.value.store(true, ordering: .relaxed)
        }
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    private func runBlocking(_ timeout: Duration, _ outputByteCountMax: Int, _ isCancelled: Flag) -> End {
        let child: RunningProgram
        do throws(AgentError) { child = try RunningProgram(self) } catch { return .notStarted(error.message) }
        var output = BoundedOutput(byteCountMax: outputByteCountMax)
        let deadline = ContinuousClock.now + timeout
        var status: Int32?
        while status == nil {
            child.readAvailable(waitMilliseconds: 20) { output.append($0) }
            status = child.poll()
            if status == nil, ContinuousClock.now >= deadline || isCancelled.value.load(ordering: .relaxed) {
                child.kill()
                child.readAvailable(waitMilliseconds: 0) { output.append($0) }
                return .timedOut(output: output.text)
            }
        }
        // What the program wrote is there; what it started and left behind may keep the pipe open, and is not waited for.
        child.readAvailable(waitMilliseconds: 0) { output.append($0) }
        child.kill()
        let code = status ?? 0
        if code & 0x7f == 0 { return .exited((code >> 8) & 0xff, output: output.text) }
        return .killed(code & 0x7f, output: output.text)
    }
}

/// The first and the last of what a program wrote.
struct BoundedOutput {
    private let byteCountMax: Int
    private var beginning: [UInt8] = []
    private var end: [UInt8] = []
    private var droppedCount = 0

    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let half = byteCountMax / 2
        let first = bytes.prefix(max(0, half - beginning.count))
        beginning.append(contentsOf: first)
        end.append(contentsOf: bytes.dropFirst(first.count))
        // Not with each piece: moving the rest costs.
        if end.count > 2 * half {
            droppedCount += end.count - half
            end.removeFirst(end.count - half)
        }
    }

    var text: String {
        let rest = end.suffix(byteCountMax / 2)
        let dropped = droppedCount + end.count - rest.count
        let gap = dropped > 0 ? "\n[\(dropped) bytes left out]\n" : ""
        return String(decoding: beginning, as: UTF8.self) + gap + String(decoding: rest, as: UTF8.self)
    }
}
