/// Places of object stores, as people write them.
public enum ObjectPlace {
    /// The object store of a place.
    ///
    /// - Parameters:
    ///   - text: The path of a directory; or `s3://BUCKET/PREFIX?endpoint=URL&region=R`, for which the keys are in the
    ///     environment (`S3Credentials.environment`).
    ///   - isApart: Whether objects in a directory share no bytes on the disk with the files that they were made of.
    /// - Throws: `.invalidPlace`.
    public static func open(_ text: String, isApart: Bool = false) throws(ObjectStoreError) -> any ObjectStore {
        guard isRemote(text) else { return DirectoryObjectStore(text, isApart: isApart) }
        let place = try S3Place(text)
        guard let credentials = S3Credentials.environment else {
            throw ObjectStoreError(
                .invalidPlace, "the keys are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                location: place.shortDescription)
        }
        return S3ObjectStore(place, credentials: credentials)
    }

    /// Whether the place is no directory of this machine.
    public static func isRemote(_ text: String) -> Bool { text.hasPrefix(S3Place.scheme) }
}
