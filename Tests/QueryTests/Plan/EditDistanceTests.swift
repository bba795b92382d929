import Testing

@testable import Query

@Suite struct EditDistanceTests {
    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("abc", "xabc", 1),
        ("kitten", "sitting", 3), ("ca", "abc", 3), ("größe", "grösse", 2),
    ])
    func distances(left: String, right: String, distance: Int) {
        #expect(EditDistance.between(left, right) == distance)
        #expect(EditDistance.between(right, left) == distance)
    }

    @Test func nearest() {
        let names = ["level", "device", "module", "id"]
        #expect(EditDistance.nearest(to: "modul", among: names) == "module")
        #expect(EditDistance.nearest(to: "LEVLE", among: names) == "level")
        #expect(EditDistance.nearest(to: "ix", among: names) == "id")
        #expect(EditDistance.nearest(to: "camera", among: names) == nil)
        #expect(EditDistance.nearest(to: String(repeating: "x", count: 10_000), among: names) == nil)
    }
}
