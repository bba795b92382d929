import LogModel
import Testing

@Suite struct LevelTests {
    @Test func namesReadBackInAnyCase() {
        for level in Level.allCases {
            #expect(Level(name: level.name) == level)
            #expect(Level(name: level.name.lowercased()) == level)
            #expect(Level(name: level.name.capitalizedFirst) == level)
        }
    }

    @Test(arguments: Level.aliases.map(\.name))
    func aliasesReadInAnyCase(_ name: String) throws {
        let level = try #require(Level.aliases.first { $0.name == name }).level
        #expect(Level(name: name) == level)
        #expect(Level(name: name.uppercased()) == level)
    }

    @Test func theNamesOfTheContractMap() {
        #expect(Level(name: "trace") == .debug)
        #expect(Level(name: "notice") == .info)
        #expect(Level(name: "warning") == .warn)
        #expect(Level(name: "critical") == .fatal)
        #expect(Level(name: "emergency") == .fatal)
    }

    @Test(arguments: [
        "", " INFO", "INFO ", "INF", "informationals", "5", "ÎNFO", "info\u{0}", "a very long name indeed",
    ])
    func otherTextIsNoLevel(_ name: String) {
        #expect(Level(name: name) == nil)
    }

    @Test func levelsAreOrdered() {
        #expect(Level.allCases.sorted() == [.debug, .info, .warn, .error, .fatal])
        #expect(LevelSet.atLeast(.warn) == [LevelSet(.warn), LevelSet(.error), LevelSet(.fatal)])
        #expect(LevelSet.atLeast(.debug) == .all)
        #expect(!LevelSet.atLeast(.fatal).contains(.error))
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
