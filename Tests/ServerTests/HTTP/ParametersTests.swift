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

    @Test func membersOfAnObjectAreParameters() throws {
        let members = try Parameters.members(
            ofJSON: Array(#"{"a":"x","b":5,"c":true,"d":null,"e":["p",2],"f":1.5}"#.utf8))
        #expect(members.map(\.name) == ["a", "b", "c", "e", "e", "f"])
        #expect(members.map(\.value) == ["x", "5", "true", "p", "2", "1.5"])
        for broken in ["", "[]", "{", #"{"a":{}}"#, #"{"a":[[]]}"#, #"{"a":[null]}"#] {
            #expect(throws: Problem.self) { try Parameters.members(ofJSON: Array(broken.utf8)) }
        }
    }
}
