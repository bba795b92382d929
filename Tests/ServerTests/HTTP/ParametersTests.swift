import Testing

@testable import Server

@Suite struct ParametersTests {
    @Test func queryStringsAreForms() throws {
        var parameters = try Parameters(
            queryString: "query=level%3AERROR+a%2Bb&level=WARN&level=&level=INFO&flag&x=%C3%A9")
        #expect(try parameters.take("query") == "level:ERROR a+b")
        #expect(parameters.takeAll("level") == ["WARN", "INFO"])
        #expect(try parameters.take("flag") == nil)
        #expect(try parameters.take("x") == "é")
        try parameters.checkAllTaken()
    }

    @Test func whatIsLeftIsNamed() throws {
        let parameters = try Parameters(queryString: "a=1&b=2&a=3")
        #expect(throws: Problem.self) { try parameters.checkAllTaken() }
        do {
            try parameters.checkAllTaken()
        } catch {
            #expect(error.errors.map(\.parameter) == ["a", "b"])
        }
    }

    @Test(arguments: ["a=%", "a=%4", "a=%gg", "a=%ff", "%ff=1"])
    func brokenEncodingIsRefused(_ text: String) {
        #expect(throws: Problem.self) { try Parameters(queryString: text[...]) }
    }

    @Test func pathsKeepTheirPlus() {
        #expect(PercentDecoding.decode("a+b%2Fc", isForm: false) == "a+b/c")
        #expect(PercentDecoding.decode("a+b", isForm: true) == "a b")
    }

    private func members(_ json: String) throws(Problem) -> [(name: String, value: String)] {
        try Array(json.utf8).withUnsafeBytesTyped { (bytes) throws(Problem) in try Parameters.members(ofJSON: bytes) }
    }

    @Test func membersOfAnObjectAreParameters() throws {
        let members = try members(#"{"a":"x","b":5,"c":true,"d":null,"e":["p",2],"f":1.5,"a":"again"}"#)
        #expect(members.map(\.name) == ["a", "b", "c", "e", "e", "f", "a"])
        #expect(members.map(\.value) == ["x", "5", "true", "p", "2", "1.5", "again"])
    }

    @Test(arguments: [
        ("", "invalid_json", 0), ("[]", "invalid_json", 0), ("{", "invalid_json", 1),
        (#"{"query":"a" "limit":1}"#, "invalid_json", 13), (#"{"query":"a"} x"#, "invalid_json", 14),
        (#"{"query":"\ud800"}"#, "invalid_json", 10), ("{\"query\":\"\u{1}\"}", "invalid_json", 10),
        (#"{"a":{}}"#, "invalid_parameter", nil), (#"{"a":[[]]}"#, "invalid_parameter", nil),
        (#"{"a":[null]}"#, "invalid_parameter", nil),
    ])
    func brokenObjectsAreRefusedWithThePlace(_ json: String, _ code: String, _ offset: Int?) {
        do {
            _ = try members(json)
            Issue.record("\(json) was taken")
        } catch {
            #expect(error.status == 400)
            #expect(error.code == code)
            #expect(error.errors.first?.offset == offset)
            #expect(error.errors.first?.parameter == (offset == nil ? "a" : nil))
        }
    }
}
