import LogModel
import Testing

@testable import Agent

struct SinkLevelFileTests {
    @Test func eachModuleHasOneLine() throws {
        let directory = try TemporaryDirectory()
        let sinks = directory.path + "/sinks"
        try SinkLevelFile.set(.debug, module: "nav", directory: sinks)
        try SinkLevelFile.set(.error, module: nil, directory: sinks)
        try SinkLevelFile.set(.warn, module: "two words", directory: sinks)
        #expect(try directory.text("sinks/levels") == "nav DEBUG\n* ERROR\ntwo words WARN\n")
        try SinkLevelFile.set(.info, module: "nav", directory: sinks)
        #expect(try directory.text("sinks/levels") == "* ERROR\ntwo words WARN\nnav INFO\n")
        for name in ["", "a\nb"] {
            #expect(throws: AgentError.self) { try SinkLevelFile.set(.info, module: name, directory: sinks) }
        }
    }
}
