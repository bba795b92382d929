import Testing

@testable import LogDB

@Suite struct BitmapTests {
    private func rows(_ bitmap: Bitmap) -> [Int] {
        var rows: [Int] = []
        bitmap.forEachSet { rows.append($0) }
        return rows
    }

    @Test(arguments: [0, 1, 63, 64, 65, 128, 200])
    func agreesWithASet(_ count: Int) {
        var random = TextRandom(seed: UInt64(count))
        let all = Set(0..<count)
        #expect(Bitmap(count: count).isNone && Bitmap(count: count, all: true).isAll)
        #expect(rows(Bitmap(count: count, all: true)) == Array(0..<count))
        for _ in 0..<200 {
            var left = Bitmap(count: count)
            var right = Bitmap(count: count)
            let leftSet = all.filter { _ in Bool.random(using: &random) }
            let rightSet = all.filter { _ in random.next() % 20 == 0 }
            for row in leftSet { left.set(row) }
            for row in rightSet { right[row] = true }
            #expect(rows(left) == leftSet.sorted() && left.setCount == leftSet.count)
            #expect(left.isNone == leftSet.isEmpty && left.isAll == (leftSet.count == count))
            var result = left
            result.formIntersection(right)
            #expect(rows(result) == leftSet.intersection(rightSet).sorted())
            result = left
            result.formUnion(right)
            #expect(rows(result) == leftSet.union(rightSet).sorted())
            result = left
            result.subtract(right)
            #expect(rows(result) == leftSet.subtracting(rightSet).sorted())
            result.invert()
            #expect(rows(result) == all.subtracting(leftSet.subtracting(rightSet)).sorted())
            let place = Int.random(in: 0...(count + 1), using: &random)
            #expect(right.firstSet(from: place) == rightSet.filter { $0 >= place }.min())
            #expect(right.lastSet(through: place) == rightSet.filter { $0 <= place }.max())
            let bound = Int.random(in: 0...count, using: &random)
            let range = Int.random(in: 0...bound, using: &random)..<bound
            right.set(range)
            #expect(rows(right) == rightSet.union(range).sorted())
            if let row = leftSet.first {
                left.clear(row)
                #expect(!left[row] && left.setCount == leftSet.count - 1)
            }
            left.setAll()
            #expect(left == Bitmap(count: count, all: true))
            left.clearAll()
            #expect(left == Bitmap(count: count))
        }
    }
}
