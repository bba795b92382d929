import ArgumentParser
import Foundation

@main
struct LogDBBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logdb-bench",
        abstract: "Makes log corpora and measures the server with them.",
        subcommands: [
            GenerateCommand.self, RunCommand.self, FleetCommand.self, HeartbeatsCommand.self, NeighboursCommand.self,
            PipesCommand.self, SoakCommand.self,
        ])
}

/// Tells whoever watches; the figures themselves go to standard output.
func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
