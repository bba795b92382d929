import Foundation
import HTTPTransport
import Synchronization
import Testing

@testable import Agent

struct ArtifactUploaderTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    // MARK: The rules

    private func machine(_ byteCount: UInt64 = 10 << 20) -> ArtifactMachine {
        ArtifactMachine(byteCount: byteCount, hash: "aa", seed: 1)
    }

    private let part = ArtifactMachine.partByteCount

    @Test func partsFollowEachOther() {
        var machine = machine()
        #expect(machine.handle(.begin) == .look)
        #expect(machine.handle(.nothing) == .send(0..<part))
        #expect(machine.handle(.progress(offset: part, completeHash: nil)) == .send(part..<2 * part))
        #expect(machine.handle(.progress(offset: 2 * part, completeHash: nil)) == .send(2 * part..<10 << 20))
        #expect(machine.handle(.progress(offset: 10 << 20, completeHash: "aa")) == .finish)
    }

    @Test func afterAFailureTheServerIsAsked() {
        var machine = machine()
        _ = machine.handle(.nothing)
        guard case .wait = machine.handle(.later(reason: "lost", after: nil)) else {
            Issue.record("it does not wait")
            return
        }
        #expect(machine.handle(.tick) == .look)
        // The part had arrived.
        #expect(machine.handle(.progress(offset: part, completeHash: nil)) == .send(part..<2 * part))
        #expect(machine.handle(.later(reason: "busy", after: .seconds(7))) == .wait(.seconds(7)))
        guard case .wait = machine.handle(.refused(status: 409, code: "wrong_offset", detail: "")) else {
            Issue.record("it does not look again")
            return
        }
    }

    @Test func whatIsThereIsDoneAndAnotherContentIsReplaced() {
        var machine = machine()
        #expect(machine.handle(.progress(offset: 10 << 20, completeHash: "aa")) == .finish)
        #expect(machine.handle(.progress(offset: 3, completeHash: "bb")) == .send(0..<part))
        var empty = self.machine(0)
        #expect(empty.handle(.nothing) == .send(0..<0))
    }

    @Test func itComesToAnEnd() {
        var machine = machine()
        guard case .fail = machine.handle(.refused(status: 507, code: "quota_exceeded", detail: "full")) else {
            Issue.record("it goes on")
            return
        }
        var last = machine.handle(.tick)
        for _ in 1...ArtifactMachine.failureCountMax { last = machine.handle(.later(reason: "away", after: nil)) }
        #expect(last == .fail("it is not uploaded after \(ArtifactMachine.failureCountMax) attempts: away"))
    }

    // MARK: The driver, with a server that loses answers

    @Test func aFileArrivesWholeOverABadConnection() async throws {
        let bytes = (0..<9_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
        let path = try directory.write("nav.log", bytes)
        let kept = Mutex<(bytes: [UInt8], total: Int, posts: Int)>(([], -1, 0))
        let server = try SocketServer { request, client in
            if request.path == "/api/v1/sessions" {
                client.answer(201, body: Array("{}".utf8))
                return true
            }
            if request.method == "GET" {
                let state = kept.withLock { ($0.bytes.count, $0.total) }
                if state.0 == 0 {
                    client.answer(404, body: Array(#"{"code":"unknown_file"}"#.utf8))
                } else {
                    client.answer(200, body: Self.progress(state.0, state.0 == state.1, request))
                }
                return true
            }
            let range = request.headers["content-range"]?.split { " -/".contains($0) }.compactMap { Int($0) } ?? []
            let state = kept.withLock { kept in
                kept.posts += 1
                if range.count == 3, range[0] == kept.bytes.count {
                    kept.bytes += request.body
                    kept.total = range[2]
                }
                return kept
            }
            // Every second answer is lost.
            guard state.posts % 2 == 0 else { return false }
            let isComplete = state.bytes.count == state.total
            client.answer(isComplete ? 201 : 202, body: Self.progress(state.bytes.count, isComplete, request))
            return true
        }
        let uploader = ArtifactUploader(
            server: server.url, transport: HTTPTransport(),
            backoff: UploadBackoff(first: .milliseconds(1), longest: .milliseconds(2)))
        // libcurl sends a request again itself when a kept connection dies under it; the server model takes that too.
        let count = try await uploader.upload(path, as: "logs-of/nav.log", session: "s 1")
        #expect(count == 9_000_000)
        #expect(kept.withLock { $0.bytes } == bytes)
    }

    private static func progress(_ offset: Int, _ isComplete: Bool, _ request: SocketServer.Request) -> [UInt8] {
        let hash = request.path.firstMatch(of: /sha256=([0-9a-f]+)/).map { String($0.1) } ?? known.withLock { $0 }
        known.withLock { $0 = hash }
        return Array(#"{"offset":\#(offset),"complete":\#(isComplete),"sha256":"\#(hash)"}"#.utf8)
    }

    private static let known = Mutex("")
}
