import HTTPTransport
import LogModel
import Synchronization

/// Sends batches to a server, and tries again while it is away or too busy.
final class ServerSink: BatchSink {
    private let client: ServerClient
    /// Told while the server keeps the client waiting.
    private let onWait: @Sendable (String) -> Void
    private let hasReached = Atomic(false)

    private static let compressionLevel = 3
    /// Smaller bodies fit in a few packets as they are.
    private static let compressedByteCountMin = 64 << 10
    /// How long the server may be away in the middle of an ingest.
    private static let patience = Duration.seconds(60)

    init(_ client: ServerClient, onWait: @escaping @Sendable (String) -> Void) {
        self.client = client
        self.onWait = onWait
    }

    func close() async {}

    func store(_ prepared: PreparedPiece, identity: BatchIdentity) async throws -> SinkAnswer {
        let call = ServerSink.call(prepared, identity, client.url)
        let start = ContinuousClock.now
        var delay = Duration.milliseconds(100)
        while true {
            let failure: CommandFailure
            switch try await attempt(call) {
            case .answer(let answer): return answer
            case .later(let reason, let pause):
                failure = reason
                delay = max(delay, pause)
            }
            guard ContinuousClock.now - start < ServerSink.patience else { throw failure }
            onWait(failure.message)
            try await Task.sleep(for: delay)
            delay = min(delay * 2, .seconds(5))
        }
    }

    private enum Outcome {
        case answer(SinkAnswer)
        /// Trying again, after that pause, may help.
        case later(CommandFailure, pause: Duration)
    }

    private func attempt(_ call: HTTPCall) async throws -> Outcome {
        let reply: HTTPReply
        do throws(HTTPTransportError) {
            reply = try await client.transport.send(call)
        } catch {
            // A server that was never there is more likely a wrong address than a restart.
            let failure = client.failure(error)
            guard failure.kind == .unreachable, hasReached.load(ordering: .relaxed) else { throw failure }
            return .later(failure, pause: .zero)
        }
        hasReached.store(true, ordering: .relaxed)
        switch reply.status {
        case 200: return .answer(.stored(try ServerSink.receipt(reply, client.url)))
        case 409 where JSONValue(reply.body)?["code"]?.text == "sequence_conflict": return .answer(.conflict)
        case 429, 502, 503, 504, 507:
            let seconds = reply.head["Retry-After"].flatMap { Int64($0) } ?? 0
            return .later(
                ServerSink.refusal(client.failure(reply.status, reply.body, query: "")),
                pause: .seconds(min(max(0, seconds), 10)))
        default: throw client.failure(reply.status, reply.body, query: "")
        }
    }

    private static func refusal(_ error: any Error) -> CommandFailure {
        error as? CommandFailure ?? CommandFailure("\(error)")
    }

    private static func call(_ prepared: PreparedPiece, _ identity: BatchIdentity, _ url: String) -> HTTPCall {
        var body = BatchDocument(prepared.batch, identity: identity).bytes
        var headers = [HTTPField("Accept", "application/json"), HTTPField("Content-Type", "application/json")]
        if body.count >= compressedByteCountMin {
            body = Zstd.compress(body, level: compressionLevel)
            headers.append(HTTPField("Content-Encoding", "zstd"))
        }
        return HTTPCall(
            method: "POST", url: url + "/api/v1/logs/ingest", headers: headers, body: body,
            silenceTimeout: .seconds(60), replyByteCountMax: 16 << 20)
    }

    private static func receipt(_ reply: HTTPReply, _ url: String) throws(CommandFailure) -> SinkReceipt {
        guard let json = JSONValue(reply.body), let accepted = json["accepted"]?.integer else {
            throw CommandFailure("\(url) answered without a receipt; is it a LogDB server?")
        }
        let refusals = (json["errors"]?.elements ?? []).map { error in
            SinkReceipt.Refusal(
                row: error["index"]?.integer ?? 0, code: error["code"]?.text ?? "refused",
                detail: error["detail"]?.text ?? "")
        }
        return SinkReceipt(
            acceptedCount: accepted, duplicateCount: json["duplicates"]?.integer ?? 0,
            refusedCount: json["rejected"]?.integer ?? refusals.count, refusals: refusals)
    }
}
