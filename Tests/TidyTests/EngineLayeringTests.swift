import Testing

/// The layers inside LogDB, which is one module: no file may name a type that a higher layer declares.
@Suite struct EngineLayeringTests {
    @Test func lowerLayersDoNotNameHigherTypes() throws {
        var texts: [String: SwiftText] = [:]
        for (path, text) in try SourceTree.swift(below: "Sources/LogDB") {
            texts[String(path.dropFirst("Sources/LogDB/".count))] = text
        }
        #expect(!texts.isEmpty)
        #expect(EngineLayering.violations(texts) == [])
    }

    @Test func aLowerLayerNamingAHigherTypeIsFound() {
        let texts = [
            "Block/Column.swift": SwiftText("struct Column {\n    var owner: Scanner?\n}"),
            "Scan/Scanner.swift": SwiftText("final class Scanner {\n    var column: Column?\n}"),
        ]
        #expect(
            EngineLayering.violations(texts) == [
                "Block/Column.swift:2 names Scanner, which Scan/Scanner.swift declares"
            ])
    }

    @Test func commentsStringsMembersAndNestedTypesAreNoMention() {
        let texts = [
            "Block/Column.swift": SwiftText(
                """
                // A Scanner reads it.
                struct Column {
                    let name = "Scanner"
                    var part: Report.Scanner?
                    /* Scanner */
                }
                """),
            "Block/Report.swift": SwiftText("struct Report {\n    struct Scanner {}\n    var scanner: Scanner\n}"),
            "Scan/Scanner.swift": SwiftText("struct Scanner {}"),
        ]
        #expect(EngineLayering.violations(texts) == [])
    }

    @Test func typesPrivateToAHigherFileAreNotItsNames() {
        let texts = [
            "Block/Column.swift": SwiftText("private struct Step {}\nlet step: Step"),
            "Scan/Scanner.swift": SwiftText("private enum Step {}"),
        ]
        #expect(EngineLayering.violations(texts) == [])
    }

    @Test func aFolderWithoutALayerIsFound() {
        #expect(
            EngineLayering.violations(["Oddments/Thing.swift": SwiftText("struct Thing {}")])
                == ["Oddments/Thing.swift: the folder has no layer in Layers.engine"])
    }

    @Test func theTableOfExceptionsNamesFilesThatExist() {
        let missing = Layers.engineFiles.keys.filter { path in
            // Once a file is moved to the folder of its layer, its line in the table has to go.
            SourceTree.files(below: "Sources/LogDB", suffix: "/\(path)").isEmpty
        }
        #expect(missing.sorted() == [])
    }
}

enum EngineLayering {
    /// - Parameter texts: The files by their paths below Sources/LogDB.
    static func violations(_ texts: [String: SwiftText]) -> [String] {
        var broken: [String] = []
        var declared: [String: (path: String, layer: Int)] = [:]
        for (path, text) in texts.sorted(by: { $0.key < $1.key }) {
            guard let layer = Layers.engineLayer(path) else {
                broken.append("\(path): the folder has no layer in Layers.engine")
                continue
            }
            for type in text.types where type.isTopLevel && !type.isPrivate {
                // Two layers may declare the same name privately to a file each; the lower one counts.
                if let known = declared[type.name], known.layer <= layer { continue }
                declared[type.name] = (path, layer)
            }
        }
        for (path, text) in texts.sorted(by: { $0.key < $1.key }) {
            guard let layer = Layers.engineLayer(path) else { continue }
            let own = Set(text.types.map(\.name))
            for (name, declaration) in declared.sorted(by: { $0.key < $1.key })
            where declaration.layer > layer && !own.contains(name) {
                for line in text.mentions[name] ?? [] {
                    broken.append("\(path):\(line) names \(name), which \(declaration.path) declares")
                }
            }
        }
        return broken
    }
}
