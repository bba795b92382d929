import Foundation

/// The figures of one run: printed as tables, and written as JSON for comparing with another run.
struct Report: Codable {
    struct Section: Codable {
        var title: String
        var figures: [Figure]
    }

    /// The corpus, by what makes it.
    struct Source: Codable {
        var entryCount: Int
        var byteCount: Int
        var seed: UInt64
        var end: String
        /// How the entries came about, where it is no corpus.
        var about: String?
    }

    var command: String
    var machine: Machine
    var source: Source
    var sections: [Section] = []
    var queries: [QueryFigure] = []

    /// Whether every answer was right.
    var isRight: Bool {
        sections.allSatisfy { $0.figures.allSatisfy { $0.mismatch == nil } }
            && queries.allSatisfy { $0.mismatch == nil }
    }

    /// Whether every target was reached.
    var isReached: Bool {
        sections.allSatisfy { $0.figures.allSatisfy { $0.isReached != false } }
            && queries.allSatisfy { $0.isReached != false }
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
    }
}
