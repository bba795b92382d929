/// What bringing many objects under another key did.
public struct KeyRenewal: Sendable {
    /// Objects that were under the newest key, that are under it now, and that were not encrypted before.
    public private(set) var unchangedCount = 0
    public private(set) var renewedCount = 0
    public private(set) var encryptedCount = 0
    /// Of the first object that could not be brought there.
    public private(set) var failure: ObjectStoreError?
    public private(set) var failureCount = 0

    public init() {}

    public var objectCount: Int { unchangedCount + renewedCount + encryptedCount + failureCount }

    /// Brings one object there. One that is gone meanwhile is none.
    public mutating func renew(_ key: String, of objects: EncryptedObjectStore) {
        do throws(ObjectStoreError) {
            switch try objects.renew(key) {
            case .none: unchangedCount += 1
            case .renewed: renewedCount += 1
            case .encrypted: encryptedCount += 1
            }
        } catch {
            if error.code == .missing { return }
            failure = failure ?? error
            failureCount += 1
        }
    }

    public static func += (left: inout KeyRenewal, right: KeyRenewal) {
        left.unchangedCount += right.unchangedCount
        left.renewedCount += right.renewedCount
        left.encryptedCount += right.encryptedCount
        left.failure = left.failure ?? right.failure
        left.failureCount += right.failureCount
    }
}
