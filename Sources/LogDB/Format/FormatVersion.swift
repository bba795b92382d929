/// The version of everything the engine writes. A store carries the version it was written with; an older version that
/// is still listed here is read, a newer one is refused. `docs/FORMAT.md` says what each step changed.
enum FormatVersion: UInt32, CaseIterable, Sendable {
    /// Messages as templates and the values of their slots. (Version 1 kept them as text, and was never released.)
    case templates = 2
    /// Planes of numbers may be packed by bits.
    case bitPlanes = 3
    /// A block's small columns lie together in one value.
    case sharedColumns = 4
    /// A segment's columns may lie in the cold tier.
    case coldSegments = 5
    /// Objects of the cold tier may be encrypted. Only stores that have keys are of this version.
    case encryptedObjects = 6

    /// What a store without keys is written with.
    static let current = FormatVersion.coldSegments
    static let newest = FormatVersion.encryptedObjects

    /// Decides whether a store written with version `stored` can be opened.
    static func check(stored: UInt32) throws(LogError) -> FormatVersion {
        if let version = FormatVersion(rawValue: stored) { return version }
        if stored > newest.rawValue {
            throw LogError(
                .formatTooNew,
                "the data directory has format \(stored), this build reads up to \(newest.rawValue); use a newer build"
            )
        }
        throw LogError(
            .formatTooOld,
            "the data directory has format \(stored), which this build no longer reads; export it with the build that "
                + "wrote it and ingest the export")
    }
}
