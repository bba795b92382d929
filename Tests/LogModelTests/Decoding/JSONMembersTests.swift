import Testing

@testable import LogModel

@Suite struct JSONMembersTests {
    private func read(_ bytes: [UInt8]) throws(JSONMembers.Failure) -> [JSONMembers.Member] {
        let result: Result<[JSONMembers.Member], JSONMembers.Failure> = bytes.withUnsafeBytes { bytes in
            do throws(JSONMembers.Failure) { return .success(try JSONMembers.read(bytes)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    @Test func valuesKeepTheirText() throws {
        let text =
            #" {"a": "x\n\ud83d\ude00", "b": -1.50e3, "c": [1, "two", true], "d": null, "e": {"f": [{}]}, "g": []} "#
        #expect(
            try read(Array(text.utf8)) == [
                .init(name: "a", value: .text("x\n😀")), .init(name: "b", value: .text("-1.50e3")),
                .init(name: "c", value: .list(["1", "two", "true"])), .init(name: "d", value: .null),
                .init(name: "e", value: .other), .init(name: "g", value: .list([])),
            ])
        #expect(try read(Array("{}".utf8)) == [])
    }

    @Test func aNameThatStandsTwiceIsThereTwice() throws {
        #expect(try read(Array(#"{"a":1,"a":2}"#.utf8)).map(\.value) == [.text("1"), .text("2")])
    }

    @Test func whatIsNoObjectIsToldWithItsPlace() {
        let broken: [([UInt8], Int)] = [
            ([], 0), (Array("[1]".utf8), 0), (Array(#"{"a"}"#.utf8), 4), (Array(#"{"a":1,}"#.utf8), 7),
            (Array(#"{"a":[1,]}"#.utf8), 8), (Array(#"{"a":tru}"#.utf8), 5), (Array(#"{"a":01}"#.utf8), 6),
            (Array(#"{"a":""#.utf8) + [0xff] + Array(#""}"#.utf8), 6), (Array(#"{"a":1}{"#.utf8), 7),
        ]
        for (bytes, offset) in broken {
            #expect(throws: JSONMembers.Failure.self, "\(String(decoding: bytes, as: UTF8.self))") {
                try read(bytes)
            }
            do { _ = try read(bytes) } catch { #expect(error.offset == offset) }
        }
        let deep = Array(String(repeating: #"{"a":"#, count: 100_000).utf8)
        #expect(throws: JSONMembers.Failure.self) { try read(deep) }
    }
}
