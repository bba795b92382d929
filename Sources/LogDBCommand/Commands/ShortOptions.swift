/// Makes the arguments of `query` plain for the parser of options: `-A5` is an option and its value, and `-Battery:low` no
/// option at all but a clause that is negated.
enum ShortOptions {
    static func separated(_ arguments: [String]) -> [String] {
        guard arguments.first == "query" else { return arguments }
        var separated: [String] = []
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return separated + arguments[index...] }
            guard argument.utf8.count > 2, ["-A", "-B", "-C"].contains(argument.prefix(2)) else {
                separated.append(argument)
                continue
            }
            let rest = argument.dropFirst(2)
            if rest.allSatisfy({ ("0"..."9").contains($0) }) {
                separated += [String(argument.prefix(2)), String(rest)]
            } else {
                // The other sign that negates.
                separated.append("!" + argument.dropFirst())
            }
        }
        return separated
    }
}
