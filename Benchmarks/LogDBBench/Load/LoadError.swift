import Glibc

/// Why a measurement could not be made.
struct LoadError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// As `init(_:)`, with the operating system's reason (`errno`) added.
    static func system(_ what: String) -> LoadError {
        LoadError("\(what): \(String(cString: strerror(errno)))")
    }
}
