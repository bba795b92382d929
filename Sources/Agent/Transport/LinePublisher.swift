import Dispatch
import Glibc

/// Publishes lines as a module would: each line of a file is the body of a message. For shell scripts and trials.
public struct LinePublisher: Sendable {
    private let endpoint: String
    private let topic: String

    public init(endpoint: String, topic: String) {
        self.endpoint = endpoint
        self.topic = topic
    }

    /// Waits until an agent listens, then publishes line after line until the file ends. Blank lines are passed over.
    ///
    /// - Parameter descriptor: Of a file, a pipe or a terminal.
    /// - Returns: How many were published.
    /// - Throws: `.unusableEndpoint` or `.io`.
    public func run(_ descriptor: Int32) async throws(AgentError) -> Int {
        let published: Result<Int, AgentError> = await withCheckedContinuation { done in
            // A thread of its own: reading and sending wait.
            DispatchQueue(label: "logdb.publisher").async { done.resume(returning: publish(descriptor)) }
        }
        return try published.get()
    }

    private func publish(_ descriptor: Int32) -> Result<Int, AgentError> {
        do throws(AgentError) {
            let publisher = try ZeroMQPublisher(endpoint)
            try publisher.awaitListener()
            let topic = Array(topic.utf8)
            var count = 0
            var rest: [UInt8] = []
            while try LinePublisher.readPiece(descriptor, into: &rest) {
                var start = 0
                while let end = rest[start...].firstIndex(of: 0x0a) {
                    count += try LinePublisher.send(rest[start..<end], topic, publisher)
                    start = end + 1
                }
                rest.removeFirst(start)
            }
            count += try LinePublisher.send(rest[...], topic, publisher)
            return .success(count)
        } catch {
            return .failure(error)
        }
    }

    private static func send(
        _ line: ArraySlice<UInt8>, _ topic: [UInt8], _ publisher: borrowing ZeroMQPublisher
    ) throws(AgentError) -> Int {
        guard line.contains(where: { $0 != 0x20 && $0 != 0x0d }) else { return 0 }
        let line = Array(line)
        let outcome: Result<Void, AgentError> = line.withUnsafeBytes { body in
            do throws(AgentError) { return .success(try publisher.send(topic: topic, body: body)) } catch {
                return .failure(error)
            }
        }
        try outcome.get()
        return 1
    }

    /// False at the end.
    private static func readPiece(_ descriptor: Int32, into bytes: inout [UInt8]) throws(AgentError) -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Files.failure("read", "standard input") }
            bytes += piece[..<count]
            return count > 0
        }
    }
}
