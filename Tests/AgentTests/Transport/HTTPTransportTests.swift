import HTTPTransport
import Synchronization
import Testing

/// The client against a real server on a socket.
@Suite(.timeLimit(.minutes(10)))
struct HTTPTransportTests {
    @Test func sendsMethodHeadersAndBodyAndReturnsTheAnswer() async throws {
        let server = try SocketServer { request, client in
            let seen = [
                request.method, request.path, request.headers["x-batch-seq"] ?? "-",
                request.headers["expect"] ?? "no expect", request.headers["content-type"] ?? "no type",
            ]
            client.answer(
                200, headers: [("X-Seen", seen.joined(separator: "|"))], body: Array(request.body.reversed()))
            return true
        }
        defer { server.stop() }
        // Past 1 MiB libcurl would ask for leave before it sends the body.
        let body = (0..<(2 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let reply = try await HTTPTransport().send(
            HTTPCall(method: "POST", url: server.url + "/a?b=c", headers: [HTTPField("X-Batch-Seq", "7")], body: body))
        #expect(reply.status == 200)
        #expect(reply.head["x-seen"] == "POST|/a?b=c|7|no expect|no type")
        #expect(reply.body == body.reversed())
    }

    @Test(arguments: ["GET", "DELETE", "HEAD", "PUT", "POST"])
    func sendsEveryMethodWithoutABody(method: String) async throws {
        let server = try SocketServer { request, client in
            client.write("HTTP/1.1 200 OK\r\nX-Method: \(request.method)\r\nContent-Length: 0\r\n\r\n")
            return true
        }
        defer { server.stop() }
        let reply = try await HTTPTransport().send(HTTPCall(method: method, url: server.url))
        #expect(reply.head["X-Method"] == method)
        #expect(reply.body.isEmpty)
    }

    @Test func keepsTheConnectionForTheNextCall() async throws {
        let server = try SocketServer { request, client in
            client.answer(200, body: Array("\(request.connection)".utf8))
            return true
        }
        defer { server.stop() }
        let transport = HTTPTransport()
        for _ in 0..<20 {
            let reply = try await transport.send(HTTPCall(method: "POST", url: server.url, body: [1, 2, 3]))
            #expect(reply.body == Array("0".utf8))
        }
        #expect(server.connectionCount == 1)
        #expect(server.requestCount == 20)
    }

    @Test func opensAnotherConnectionWhenTheKeptOneWasClosed() async throws {
        let server = try SocketServer { _, client in
            client.answer(200)
            return false
        }
        defer { server.stop() }
        let transport = HTTPTransport()
        for _ in 0..<5 {
            #expect(try await transport.send(HTTPCall(method: "POST", url: server.url, body: [1])).status == 200)
        }
        #expect(server.connectionCount == 5)
    }

    @Test func runsMoreCallsThanWorkers() async throws {
        let server = try SocketServer { request, client in
            client.answer(200, body: request.body)
            return true
        }
        defer { server.stop() }
        var settings = HTTPTransport.Settings()
        settings.workerCountMax = 3
        let transport = HTTPTransport(settings: settings)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let call = HTTPCall(method: "POST", url: server.url, body: [UInt8(number)])
                    return Int(try await transport.send(call).body[0])
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == (0..<40).reduce(0, +))
        #expect(server.connectionCount <= 3)
    }

    @Test func readsAChunkedAnswerPastInterimHeads() async throws {
        let server = try SocketServer { _, client in
            client.write("HTTP/1.1 102 Processing\r\nX-Interim: yes\r\n\r\n")
            client.write("HTTP/1.1 503 Busy\r\nRetry-After:  7 \r\nTransfer-Encoding: chunked\r\n\r\n")
            client.write("5\r\nhello\r\n7\r\n, world\r\n0\r\nX-Trailer: late\r\n\r\n")
            return true
        }
        defer { server.stop() }
        let reply = try await HTTPTransport().send(HTTPCall(url: server.url))
        #expect(reply.status == 503)
        #expect(reply.head["retry-after"] == "7")
        #expect(reply.head["X-Interim"] == nil)
        #expect(reply.head["X-Trailer"] == nil)
        #expect(String(decoding: reply.body, as: UTF8.self) == "hello, world")
    }

    @Test func refusesAnAnswerPastItsBound() async throws {
        let server = try SocketServer { _, client in
            client.answer(200, body: [UInt8](repeating: 65, count: 100_001))
            return true
        }
        defer { server.stop() }
        let transport = HTTPTransport()
        let error = await #expect(throws: HTTPTransportError.self) {
            try await transport.send(HTTPCall(url: server.url, replyByteCountMax: 100_000))
        }
        #expect(error?.code == .tooLarge)
        let reply = try await transport.send(HTTPCall(url: server.url, replyByteCountMax: 100_001))
        #expect(reply.body.count == 100_001)
    }

    @Test func namesEveryKindOfFailure() async throws {
        let cut = try SocketServer { _, client in
            client.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            return false
        }
        defer { cut.stop() }
        let reset = try SocketServer { _, client in
            client.reset()
            return false
        }
        defer { reset.stop() }
        let silent = try SocketServer { _, client in
            client.awaitClose()
            return false
        }
        defer { silent.stop() }
        let rude = try SocketServer(greeting: "SSH-2.0-OpenSSH_9.2\r\n") { _, _ in false }
        defer { rude.stop() }
        let closed = try SocketServer { _, _ in false }
        closed.stop()
        let transport = HTTPTransport()
        let cases: [(HTTPCall, HTTPTransportError.Code)] = [
            (HTTPCall(url: cut.url), .interrupted),
            (HTTPCall(url: reset.url), .interrupted),
            (HTTPCall(url: silent.url, timeout: .milliseconds(50)), .timeout),
            (HTTPCall(url: silent.url, silenceTimeout: .milliseconds(50)), .timeout),
            (HTTPCall(url: "https" + silent.url.dropFirst(4), timeout: .milliseconds(50)), .timeout),
            (HTTPCall(url: "https" + rude.url.dropFirst(4)), .tls),
            (HTTPCall(url: "http://no-such-host.invalid/"), .resolve),
            (HTTPCall(url: "file:///etc/hostname"), .invalidCall),
            (HTTPCall(url: "http://a b/"), .invalidCall),
            (HTTPCall(method: "GET\r\nX: y", url: silent.url), .invalidCall),
            (HTTPCall(url: silent.url, headers: [HTTPField("X", "a\r\nY: b")]), .invalidCall),
            (HTTPCall(url: silent.url, headers: [HTTPField("X Y", "a")]), .invalidCall),
        ]
        for (call, code) in cases {
            let error = await #expect(throws: HTTPTransportError.self) { try await transport.send(call) }
            #expect(error?.code == code, "\(call.url): \(String(describing: error))")
            #expect(error?.message.isEmpty == false)
        }
    }

    @Test func saysThatNobodyListens() async throws {
        let server = try SocketServer { _, _ in false }
        server.stop()
        // The listener is closed by its own thread: until then a connection may still be taken, and dropped.
        var code: HTTPTransportError.Code?
        repeat {
            do { _ = try await HTTPTransport().send(HTTPCall(url: server.url)) } catch { code = error.code }
        } while code == .interrupted
        #expect(code == .connect)
    }

    @Test func cancellingTheTaskEndsTheCall() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let server = try SocketServer { _, client in
            arrived.yield()
            client.awaitClose()
            return false
        }
        defer { server.stop() }
        var settings = HTTPTransport.Settings()
        settings.workerCountMax = 1
        let transport = HTTPTransport(settings: settings)
        let running = Task { try await transport.send(HTTPCall(url: server.url, silenceTimeout: nil)) }
        var iterator = arrivals.makeAsyncIterator()
        await iterator.next()
        // The only worker is taken: this one waits its turn, and is cancelled while it does.
        let queued = Task { try await transport.send(HTTPCall(url: server.url)) }
        queued.cancel()
        let queuedError = await #expect(throws: HTTPTransportError.self) { try await queued.value }
        #expect(queuedError?.code == .cancelled)
        running.cancel()
        let error = await #expect(throws: HTTPTransportError.self) { try await running.value }
        #expect(error?.code == .cancelled)
        #expect(server.requestCount == 1)
    }
}
