import HTTPTransport

extension BatchOracle {
    /// Sends batches one after the other until the server is gone, and remembers what came of each.
    nonisolated func send(as sender: Int, seed: UInt64, to url: String) async {
        let transport = HTTPTransport()
        let cycle = await self.cycle
        var random = SeededGenerator(seed: seed)
        while await self.cycle == cycle {
            // One of two batches without an answer is sent again, the other given up.
            let batch = await nextBatch(sender: sender, isRepeating: Bool.random(using: &random))
            do throws(HTTPTransportError) {
                await answered(batch, try await transport.send(batch.call(to: url)))
            } catch {
                await unanswered(batch)
                return
            }
        }
    }
}

extension BatchOracle.Batch {
    /// The request that sends the batch.
    func call(to url: String, timeout: Duration = .seconds(300)) -> HTTPCall {
        HTTPCall(
            method: "POST", url: "\(url)/api/v1/logs/ingest",
            headers: [
                HTTPField("Content-Type", "application/x-ndjson"), HTTPField("X-Batch-Device", device),
                HTTPField("X-Batch-Boot", BatchOracle.boot), HTTPField("X-Batch-Seq", String(sequence)),
            ], body: Array(body.utf8), timeout: timeout)
    }
}
