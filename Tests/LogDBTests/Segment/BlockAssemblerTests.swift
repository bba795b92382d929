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
        let blockCountMax = rowCount / UInt64(size.rows) + byteCount / UInt64(size.bytes) + 1
        #expect(blockCountMax <= UInt64(WordIndexPage.blockCountMax))
    }
}
