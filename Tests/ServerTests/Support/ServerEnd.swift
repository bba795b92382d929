import Foundation
import Synchronization

@testable import Server

/// Stops servers that tests let go of, beside the tests that follow. Each keeps its directory until it is closed: RocksDB
/// must not lose its files under it. The process waits for all of them: one that ends under a server takes RocksDB's globals
/// away while it closes.
enum ServerEnd {
    private static let stoppingCount = Atomic(0)
    private static let waitsAtExit: Void = {
        atexit {
            for _ in 0..<6_000 where ServerEnd.stoppingCount.load(ordering: .acquiring) > 0 { usleep(10_000) }
        }
    }()

    static func stop(_ server: LogServer, _ run: Task<Void, any Error>, in directory: ScratchDirectory) {
        _ = waitsAtExit
        stoppingCount.add(1, ordering: .acquiringAndReleasing)
        Task {
            await server.stop()
            _ = try? await run.value
            withExtendedLifetime(directory) {}
            stoppingCount.subtract(1, ordering: .acquiringAndReleasing)
        }
    }
}
