import Glibc

/// Places of objects, as people write them.
enum PlaceText {
    /// As it is found from any working directory: a server has one of its own.
    static func absolute(_ text: String) -> String {
        guard !text.hasPrefix("/"), !text.contains("://"), let here = realpath(".", nil) else { return text }
        defer { free(here) }
        return String(cString: here) + "/" + text
    }
}
