public import ObjectStore

/// The artifacts of a store: objects under the SHA-256 of their bytes that rows of a table speak of, in `artifacts` of the
/// data directory. Whoever embeds the store has them, and a backup takes them along.
public struct ArtifactSource: Sendable {
    /// Of the directory that is in the data directory, of a restored one too.
    public static let directoryName = "artifacts"

    let objects: any ObjectStore
    let forEach: Listing

    /// Calls its last argument for each content that a row speaks of, with its SHA-256 and its size in bytes.
    public typealias Listing =
        @Sendable (TableReader, (_ hash: [UInt8], _ byteCount: UInt64) throws(LogError) -> Void) throws(LogError) ->
        Void

    /// - Parameters:
    ///   - objects: Where they are. None that is listed is removed while a backup is made.
    ///   - forEach: Lists them, as they are in the tables of the moment that is backed up.
    public init(objects: any ObjectStore, forEach: @escaping Listing) {
        self.objects = objects
        self.forEach = forEach
    }
}
