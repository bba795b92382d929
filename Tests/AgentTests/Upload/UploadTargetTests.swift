import HTTPTransport
import Testing

@testable import Agent

/// The request that carries a batch, and what its answers are taken for.
struct UploadTargetTests {
    @Test func namesTheBatchInTheHeaders() {
        let target = UploadTarget(
            server: "http://localhost:1", device: "RBT-é", boot: "b", headers: [HTTPField("X-API-Key", "k")])
        let call = target.call(UploadBatch(sequence: 18_446_744_073_709_551_615, entryCount: 1), frame: [1, 2])
        #expect(call.method == "POST")
        #expect(call.url == "http://localhost:1/api/v1/logs/ingest")
        #expect(call.body == [1, 2])
        #expect(call.headers.contains(HTTPField("Content-Type", "application/vnd.logdb.batch")))
        #expect(call.headers.contains(HTTPField("X-Batch-Device", "RBT-é")))
        #expect(call.headers.contains(HTTPField("X-Batch-Boot", "b")))
        #expect(call.headers.contains(HTTPField("X-Batch-Seq", "18446744073709551615")))
        #expect(call.headers.contains(HTTPField("X-API-Key", "k")))
    }

    private func answer(_ status: Int, _ body: String, _ headers: [HTTPField] = []) -> UploadAnswer {
        UploadAnswer(HTTPReply(head: HTTPHead(status: status, headers: headers), body: Array(body.utf8)))
    }

    @Test func readsAReceipt() {
        let whole = answer(
            200,
            #"{"accepted": 3, "duplicates": 0, "rejected": 1, "acked_through": 9, "errors":"#
                + #"[{"index": 2, "code": "expired", "detail": "too old"}]}"#)
        #expect(
            whole.receipt
                == UploadReceipt(
                    acceptedCount: 3, duplicateCount: 0, rejectedCount: 1, rejectionDetail: "entry 2: expired: too old",
                    acknowledgedThrough: 9)
        )
        #expect(answer(200, #"{"accepted": 3}"#).receipt == UploadReceipt(acceptedCount: 3))
    }

    @Test(arguments: ["", "<html>Welcome to the hotel</html>", "{}", "[]", #"{"accepted":"many"}"#])
    func takesNothingElseForAReceipt(body: String) {
        #expect(answer(200, body).receipt == nil)
    }

    @Test func readsProblemsAndOtherBodies() {
        let problem =
            #"{"type":"about:blank","title":"Conflict","status":409,"detail":"used before","code":"sequence_conflict"}"#
        #expect(answer(409, problem).detail == "sequence_conflict: used before")
        #expect(answer(502, "<h1>Bad Gateway</h1>").detail == "<h1>Bad Gateway</h1>")
        #expect(answer(503, "").detail == "")
    }

    @Test func readsRetryAfterInSecondsOnly() {
        #expect(answer(503, "", [HTTPField("retry-after", "12")]).retryAfter == .seconds(12))
        #expect(answer(503, "", [HTTPField("Retry-After", "-1")]).retryAfter == nil)
        #expect(answer(503, "", [HTTPField("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT")]).retryAfter == nil)
    }
}
