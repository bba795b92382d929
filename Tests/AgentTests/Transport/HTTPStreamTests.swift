import HTTPTransport
import Synchronization
import Testing

/// Answers that are read while they arrive.
@Suite(.timeLimit(.minutes(10)))
struct HTTPStreamTests {
    @Test func handsOverTheHeadBeforeTheBodyAndPiecesAsTheyCome() async throws {
        // Each piece is sent only after the client has read the one before.
        let gate = Gate()
        let server = try SocketServer { _, client in
            client.write("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
            for number in 0..<5 {
                gate.wait()
                client.write("2\r\n\(number)\n\r\n")
            }
            gate.wait()
            client.write("0\r\n\r\n")
            return true
        }
        defer { server.stop() }
        let stream = try await HTTPTransport().stream(HTTPCall(url: server.url))
        #expect(stream.status == 200)
        #expect(stream.head["content-type"] == "application/x-ndjson")
        var pieces: [String] = []
        gate.open()
        for try await piece in stream.body {
            pieces.append(String(decoding: piece, as: UTF8.self))
            gate.open()
        }
        #expect(pieces == ["0\n", "1\n", "2\n", "3\n", "4\n"])
    }

    @Test func holdsTheServerBackWhileNobodyReads() async throws {
        let byteCount = 64 << 20
        let written = Mutex(0)
        let server = try SocketServer { _, client in
            client.write("HTTP/1.1 200 OK\r\nContent-Length: \(byteCount)\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            for _ in 0..<(byteCount >> 20) {
                guard client.write(piece) else { return false }
                written.withLock { $0 += piece.count }
            }
            return true
        }
        defer { server.stop() }
        let stream = try await HTTPTransport().stream(HTTPCall(url: server.url))
        var iterator = stream.body.makeAsyncIterator()
        var readCount = 0
        var pieceMax = 0
        while let piece = try await iterator.next() {
            readCount += piece.count
            pieceMax = max(pieceMax, piece.count)
            // What the server wrote and nobody read lies in the sockets' buffers and in one bounded piece.
            #expect(written.withLock { $0 } - readCount < 32 << 20)
        }
        #expect(readCount == byteCount)
        #expect(pieceMax <= 256 << 10)
    }

    @Test func lettingGoOfTheBodyClosesTheConnection() async throws {
        let (closings, closed) = AsyncStream.makeStream(of: Void.self)
        let server = try SocketServer { _, client in
            client.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = "10000\r\n" + String(repeating: "x", count: 0x10000) + "\r\n"
            while client.write(piece) {}
            closed.finish()
            return false
        }
        defer { server.stop() }
        let transport = HTTPTransport()
        func readOne() async throws -> Int? {
            let stream = try await transport.stream(HTTPCall(url: server.url))
            var iterator = stream.body.makeAsyncIterator()
            return try await iterator.next()?.count
        }
        #expect(try await readOne() ?? 0 > 0)
        for await _ in closings {}
    }

    @Test func throwsWhenTheAnswerBreaksOff() async throws {
        let server = try SocketServer { _, client in
            client.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            return false
        }
        defer { server.stop() }
        let stream = try await HTTPTransport().stream(HTTPCall(url: server.url))
        var text = ""
        let error = await #expect(throws: HTTPTransportError.self) {
            for try await piece in stream.body { text += String(decoding: piece, as: UTF8.self) }
        }
        #expect(error?.code == .interrupted)
        #expect(text == "abc")
    }

    @Test func collectsTheBeginningOfABody() async throws {
        let server = try SocketServer { _, client in
            client.answer(400, body: Array("{\"code\":\"invalid\"}".utf8))
            return true
        }
        defer { server.stop() }
        let stream = try await HTTPTransport().stream(HTTPCall(url: server.url))
        #expect(stream.status == 400)
        #expect(try await stream.body.collect(byteCountMax: 7) == Array("{\"code\"".utf8))
    }

    @Test func saysWhyThereIsNoHead() async throws {
        let error = await #expect(throws: HTTPTransportError.self) {
            try await HTTPTransport().stream(HTTPCall(url: "gopher://127.0.0.1/"))
        }
        #expect(error?.code == .invalidCall)
    }
}
