import LogDB
import Testing

@testable import Query

@Suite struct IdentityFilterTests {
    private let key = EntryKey(time: 1_735_862_401_119_348, device: 3, session: 4, sequence: 5)

    @Test func ids() throws {
        let id = key.id
        #expect(try planned("id:\(id)") == .id(key))
        #expect(try planned("id:\"\(id)\"") == .id(key))
        #expect(try planned("id:=\(id)") == .id(key))
        #expect(try planned("-id:\(id)") == .not(.id(key)))
        #expect(try planned("id:!=\(id)") == .not(.id(key)))
        #expect(try planned("id:in(\(id))") == .any([.id(key)]))
        #expect(try planned("id:*") == .everything)
    }

    @Test(arguments: [
        ("id:x", "invalid_id", 3, 1), ("id:a-b", "invalid_id", 3, 3), ("id:a*", "invalid_value", 3, 2),
        ("id:>a", "invalid_value", 4, 1), ("id:[a TO b]", "invalid_value", 4, 1), ("id:\"a\"*", "invalid_value", 3, 3),
    ])
    func errors(text: String, code: String, offset: Int, length: Int) throws {
        let errors = try planErrors(text)
        #expect(errors.map(\.code) == [code])
        #expect(errors.first?.offset == offset)
        #expect(errors.first?.length == length)
    }
}
