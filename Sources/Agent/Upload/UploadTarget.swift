public import HTTPTransport
import LogModel

/// Where batches go, and under whose name.
public struct UploadTarget: Sendable {
    /// The server's base URL, without a slash at the end.
    public var server: String
    /// Names the batches for de-duplication, with `boot` and their sequence.
    public var device: String
    public var boot: String
    /// Sent with every batch: credentials.
    public var headers: [HTTPField]
    /// The longest that nothing may move on the wire before an attempt is given up, the server's thinking included.
    public var silenceTimeout = Duration.seconds(60)

    public init(server: String, device: String, boot: String, headers: [HTTPField] = []) {
        self.server = server
        self.device = device
        self.boot = boot
        self.headers = headers
    }

    /// The request that uploads `batch`.
    ///
    /// - Parameter clockOffset: How far the clock that the entries' times are from is ahead of the server's.
    func call(_ batch: UploadBatch, frame: [UInt8], clockOffset: Int64? = nil) -> HTTPCall {
        var own = [
            HTTPField("Content-Type", BatchFrame.mediaType),
            HTTPField("Accept", "application/json"),
            HTTPField("X-Batch-Device", device),
            HTTPField("X-Batch-Boot", batch.boot ?? boot),
            HTTPField("X-Batch-Seq", String(batch.sequence)),
        ]
        if let clockOffset { own.append(HTTPField("X-Batch-Clock-Offset", String(clockOffset))) }
        return HTTPCall(
            method: "POST", url: server + "/api/v1/logs/ingest", headers: own + headers, body: frame,
            silenceTimeout: silenceTimeout, replyByteCountMax: 8 << 20)
    }
}

extension UploadAnswer {
    private struct Receipt: Decodable {
        var accepted: Int
        var duplicates: Int?
        var rejected: Int?
        var errors: [Refusal]?
        var acked_through: UInt64?
    }

    private struct Refusal: Decodable {
        var index: Int?
        var code: String?
        var detail: String?
    }

    private struct Problem: Decodable {
        var title: String?
        var detail: String?
        var code: String?
    }

    /// Reads an answer of the ingest route, or of whatever else answered.
    init(_ reply: HTTPReply) {
        self.init(status: reply.status)
        // Only the form in seconds: LogDB sends no dates, and a date would need this machine's clock to be right.
        if let seconds = reply.head["Retry-After"].flatMap({ Int64($0) }), seconds >= 0 {
            retryAfter = .seconds(seconds)
        }
        if status == 200 {
            guard let answer: Receipt = JSONText.decode(reply.body) else { return }
            let refusals = (answer.errors ?? []).map { refusal in
                "entry \(refusal.index ?? -1): \(refusal.code ?? "refused"): \(refusal.detail ?? "")"
            }
            receipt = UploadReceipt(
                acceptedCount: answer.accepted, duplicateCount: answer.duplicates ?? 0,
                rejectedCount: answer.rejected ?? 0, rejectionDetail: refusals.joined(separator: "\n"),
                acknowledgedThrough: answer.acked_through)
            return
        }
        if let problem: Problem = JSONText.decode(reply.body), problem.title ?? problem.detail ?? problem.code != nil {
            detail = [problem.code, problem.detail ?? problem.title].compactMap(\.self).joined(separator: ": ")
        } else {
            detail = String(decoding: reply.body.prefix(200), as: UTF8.self)
        }
    }
}
