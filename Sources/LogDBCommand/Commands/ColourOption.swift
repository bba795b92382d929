import ArgumentParser

extension Style.Choice: ExpressibleByArgument {}

struct ColourOption: ParsableArguments {
    @Option(
        name: .customLong("color"),
        help: "Colour by level; auto is on a terminal, unless NO_COLOR is set.")
    var choice = Style.Choice.auto
}

/// Whether a terminal gets the answer page by page.
struct PagerOption: ParsableArguments {
    @Flag(
        name: .customLong("pager"), inversion: .prefixedNo,
        help: "On a terminal, show the answer page by page: with LOGDB_PAGER, PAGER, or less.")
    var isOn = true
}
