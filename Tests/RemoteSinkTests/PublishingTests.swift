import CZeroMQ
import Foundation
import Logging
import RemoteSink
import Testing

struct PublishingTests {
    /// What any subscriber gets: two frames, the second of which is the entry, its sink and its sequence first.
    @Test func aSubscriberGetsTheEntries() throws {
        let directory = try SinkDirectory()
        let context = try #require(zmq_ctx_new())
        let socket = try #require(zmq_socket(context, ZMQ_SUB))
        defer {
            zmq_close(socket)
            zmq_ctx_term(context)
        }
        let endpoint = "ipc://\(directory.path)/socket"
        var patience: Int32 = 60_000
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0)
        zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, MemoryLayout<Int32>.size)
        try #require(zmq_bind(socket, endpoint) == 0)
        let sink = try RemoteSink(RemoteSinkOptions(module: "nav", directory: directory.path, endpoint: endpoint))
        let logger = Logger(label: "nav") { sink.handler(label: $0) }
        // Until the connection is there, messages go nowhere.
        var first: String?
        var brief: Int32 = 50
        zmq_setsockopt(socket, ZMQ_RCVTIMEO, &brief, MemoryLayout<Int32>.size)
        for number in 0..<1_000 where first == nil {
            logger.info("knock \(number)")
            first = receive(socket)
        }
        #expect(first == "roboticks/logs")
        let body = try #require(receive(socket))
        #expect(body.hasPrefix(#"{"sink":"\#(sink.name)","seq":"#), "\(body)")
        let entry = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        #expect((entry?["message"] as? String)?.hasPrefix("knock ") == true)
        #expect(entry?["module_name"] as? String == "nav")
    }

    private func receive(_ socket: UnsafeMutableRawPointer) -> String? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = zmq_recv(socket, &buffer, buffer.count, 0)
        return count >= 0 ? String(decoding: buffer[..<Int(count)], as: UTF8.self) : nil
    }
}
