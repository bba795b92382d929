import Glibc
import Synchronization
import Testing

@testable import LogDB

struct ParallelWorkTests {
    @Test(arguments: [1, 2, 4, 9])
    func everyPieceIsDoneOnceAndComesInItsPlace(_ width: Int) throws {
        let pool = WorkerPool(threadCount: 3, name: "test")
        defer { pool.stop() }
        let work = ParallelWork(pool: pool, width: width)
        for count in [0, 1, 2, 100] {
            let busy = Mutex([Int](repeating: 0, count: width))
            let results = try work.map(count) { (index, worker) throws(LogError) -> Int in
                let isAlone = busy.withLock { workers in
                    workers[worker] += 1
                    return workers[worker] == 1
                }
                defer { busy.withLock { $0[worker] -= 1 } }
                return isAlone ? index : -1
            }
            #expect(results == Array(0..<count))
        }
    }

    /// No thread of the pool is free, and none is waited for.
    @Test func aBusyPoolLeavesTheWorkToTheCaller() async throws {
        let pool = WorkerPool(threadCount: 1, name: "test")
        defer { pool.stop() }
        let sum = try await pool.run { () throws(LogError) -> Int in
            let work = ParallelWork(pool: pool, width: 4)
            return try work.map(50) { (index, _) throws(LogError) in index }.reduce(0, +)
        }
        #expect(sum == 1_225)
    }

    @Test func theFirstErrorEndsTheWork() throws {
        let pool = WorkerPool(threadCount: 2, name: "test")
        defer { pool.stop() }
        let work = ParallelWork(pool: pool, width: 3)
        let begun = Atomic(0)
        #expect(throws: LogError.self) {
            try work.forEach(10_000) { (index, _) throws(LogError) in
                begun.add(1, ordering: .relaxed)
                if index == 20 { throw LogError(.io, "test") }
                // The thread that throws may be kept waiting between the two.
                if index > 20 { usleep(1_000) }
            }
        }
        #expect(begun.load(ordering: .relaxed) < 10_000)
    }
}
