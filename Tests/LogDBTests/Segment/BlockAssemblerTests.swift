import LogModel
import Testing

@testable import LogDB

struct BlockAssemblerTests {
    private func options(rows: Int, bytes: Int) -> Options {
        var options = Options()
        options.blockRowCountMax = rows
        options.blockByteCountMax = bytes
        return options
    }

    @Test func blocksAreAsLargeAsTheOptionsSay() {
        let size = BlockAssembler.blockSize(
            options: options(rows: 256, bytes: 64 << 10), rowCount: 200_000, byteCount: 40 << 20)
        #expect(size == (256, 64 << 10))
    }

    /// A head may hold a batch of a million rows, and after a crash several heads' worth, whatever size of block was chosen
    /// since.
    @Test(
        arguments: [
            (1 << 20, 200 << 20), (3 << 22, 3 << 30), (1 << 30, 1 << 40), (1, 1 << 40), (1 << 30, 1), (0, 0),
        ] as [(UInt64, UInt64)])
    func aSegmentNeverHasMoreBlocksThanItsIndexCanNumber(_ rowCount: UInt64, _ byteCount: UInt64) {
        let size = BlockAssembler.blockSize(
            options: options(rows: 256, bytes: 64 << 10), rowCount: rowCount, byteCount: byteCount)
        let blockCountMax =
            rowCount / UInt64(size.rows) + byteCount / UInt64(size.bytes) + 1
            + UInt64(BlockAssembler.sessionBlockCountMax)
        #expect(blockCountMax <= UInt64(WordIndexPage.blockCountMax))
    }

    /// Sessions that fill a quarter of a block have blocks of their own, in sealed segments and in merged ones; small ones
    /// share them.
    @Test func aBlockEndsWithItsSessionUnlessItIsSmall() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: options(rows: 256, bytes: 1 << 20))
        func append(_ rows: Int, _ session: String, from second: Int) async throws {
            let entries = (0..<rows).map {
                Entry(
                    time: Timestamp(microseconds: Int64(second * 1_000_000 + $0)), device: "D", session: session,
                    message: "m \($0)")
            }
            _ = try await store.append(Batch(entries))
        }
        func blocks() throws -> [Int] {
            try store.view.snapshot().segments.flatMap { segment in
                try store.environment.directories.directory(of: segment).blocks.map(\.rowCount)
            }
        }
        try await append(300, "A", from: 1)
        try await append(64, "B", from: 2)
        try await append(20, "C", from: 3)
        try await append(30, "D", from: 4)
        try await append(100, "E", from: 5)
        try await store.sealHead()
        #expect(try blocks() == [256, 44 + 64, 20 + 30 + 100])
        try await append(50, "A", from: 1)
        try await append(200, "D", from: 4)
        try await store.sealHead()
        try await store.compact()
        #expect(try blocks() == [256, 94, 64, 20 + 230, 100])
        await store.close()
    }
}
