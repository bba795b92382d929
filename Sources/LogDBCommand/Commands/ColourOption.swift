import ArgumentParser

extension Style.Choice: ExpressibleByArgument {}

struct ColourOption: ParsableArguments {
    @Option(
        name: .customLong("color"),
        help: "Colour by level; auto is on a terminal, unless NO_COLOR is set.")
    var choice = Style.Choice.auto
}
