import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Prints what a shell needs to complete this program's commands and options.",
        discussion: """
            EXAMPLES
              logdb completions bash >/etc/bash_completion.d/logdb
              logdb completions zsh >"${fpath[1]}/_logdb"
              logdb completions fish >~/.config/fish/completions/logdb.fish
            """)

    @Argument(help: "The shell: bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        let output = Output()
        try output.write(LogDBCommand.completionScript(for: kind))
        try output.write("\n")
        try output.flush()
    }
}
