import Server

/// The version of `logdb`.
enum ProductVersion {
    static let text = ServerVersion.text
}
