import Foundation
import Testing

/// The documents and the house around the sources.
@Suite struct DocumentTests {
    @Test func linksLeadSomewhere() throws {
        var broken: [String] = []
        var linkCount = 0
        for path in SourceTree.files(suffix: ".md") {
            for target in DocumentTests.links(in: try SourceTree.text(path)) {
                linkCount += 1
                let folder = SourceTree.root.appendingPathComponent(path).deletingLastPathComponent()
                let file = target.split(separator: "#", omittingEmptySubsequences: false)[0]
                if !file.isEmpty
                    && !FileManager.default.fileExists(atPath: folder.appendingPathComponent(String(file)).path)
                {
                    broken.append("\(path): \(target)")
                }
            }
        }
        #expect(broken == [])
        #expect(linkCount > 0)
    }

    @Test func linksAreFound() {
        let text = """
            See [the engine](docs/A.md#part), ![picture](images/b.svg) and [elsewhere](https://example.org/c.md).
            ```
            [not](a-link.md)
            ```
            <img src="images/d.svg" alt="">
            """
        #expect(DocumentTests.links(in: text) == ["docs/A.md#part", "images/b.svg", "images/d.svg"])
    }

    @Test func whatIsBuiltIsIgnored() throws {
        let lines = Set(try SourceTree.text(".gitignore").split(separator: "\n").map(String.init))
        for line in [".build/", ".build-*/", ".bench/", ".demo/"] {
            #expect(lines.contains(line), "\(line) is missing")
        }
    }

    @Test func nothingPointsOutsideTheCheckout() throws {
        // Written in halves, so that this file passes its own test.
        let outside = "../" + "shared"
        for path in SourceTree.files() {
            #expect(try SourceTree.bytes(path).range(of: Data(outside.utf8)) == nil, "\(path) names \(outside)")
        }
    }

    @Test func scriptsCanBeRun() {
        for path in [
            ".ci/run", "Scripts/install-dependencies", "Scripts/demo", "Scripts/demo-fleet", "Scripts/check-onboarding",
            "Scripts/browser-tools", "Tests/Browser/run",
            "Scripts/make-deb",
        ] {
            #expect(FileManager.default.isExecutableFile(atPath: SourceTree.root.appendingPathComponent(path).path))
        }
    }

    /// Where the links and pictures of a document lead, addresses of other sites left out.
    static func links(in text: String) -> [String] {
        var found: [String] = []
        var isListing = false
        for line in text.split(separator: "\n") {
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isListing.toggle() }
            if isListing { continue }
            found += line.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
            found += line.matches(of: /(?:src|srcset)="([^"]+)"/).map { String($0.1) }
        }
        return found.filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
    }
}
