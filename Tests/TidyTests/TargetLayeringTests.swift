import Testing

/// What each target imports, against `Layers.targets`. The compiler holds a target to the dependencies that
/// Package.swift lists; this holds Package.swift to the design.
@Suite struct TargetLayeringTests {
    @Test func targetsImportOnlyLowerLayers() throws {
        var broken: [String] = []
        for (path, text) in try SourceTree.swift(below: "Sources") {
            let target = String(path.split(separator: "/")[1])
            guard let allowed = Layers.targets[target] else {
                broken.append("\(path): target \(target) is not in Layers.targets")
                continue
            }
            for module in text.imports where Layers.targets[module] != nil && !allowed.contains(module) {
                broken.append("\(path) imports \(module)")
            }
        }
        #expect(broken.sorted() == [])
    }

    @Test func eachLibraryIsImportedByOneFileOfATarget() throws {
        var importers: [String: [String]] = [:]
        for (path, text) in try SourceTree.swift(below: "Sources") {
            for module in Set(text.imports) where Layers.libraries.contains(module) {
                importers["\(path.split(separator: "/")[1]) → \(module)", default: []].append(path)
            }
        }
        #expect(importers.filter { $0.value.count > 1 }.mapValues { $0.sorted() } == [:])
    }

    @Test func importsAreRead() {
        let text = SwiftText(
            "import A\npublic import B\n@testable import C\nimport struct D.E\n// import F\n\"import G\"")
        #expect(text.imports == ["A", "B", "C", "D"])
    }
}
