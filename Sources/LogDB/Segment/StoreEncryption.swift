import ObjectStore

/// The encryption of objects that belong to a store, and what the store remembers of it.
enum StoreEncryption {
    /// In the data directory: files that are to become encrypted objects.
    static let draftName = "encrypted.new"

    /// - Parameter directory: The store's.
    static func encrypted(
        _ objects: any ObjectStore, _ keys: EncryptionKeys?, _ directory: String
    ) -> any ObjectStore {
        guard let keys else { return objects }
        return EncryptedObjectStore(objects, keys: keys, draftDirectory: directory + "/" + draftName)
    }

    /// What the key is known by that objects were last written under; nil where they were not encrypted.
    static func remembered(_ store: RocksStore) throws(LogError) -> String? {
        try store.value(.meta, KeyLayout.encryptionKey).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Refuses keys that do not fit: what cannot be read would look as if it were damaged.
    ///
    /// - Throws: `.invalidOptions`.
    static func check(_ store: RocksStore, _ options: Options) throws(LogError) {
        guard let id = try remembered(store) else { return }
        guard let keys = options.encryptionKeys else {
            throw LogError(
                .invalidOptions,
                "the objects of this store are encrypted with the key \(id): name the file of the keys with "
                    + "--encryption-keys", location: store.path)
        }
        guard keys.ids.contains(id) else {
            throw LogError(
                .invalidOptions,
                "the objects of this store are encrypted with the key \(id), which \(keys.path) does not have",
                location: store.path)
        }
    }

    /// Writes down which key objects are written under.
    static func remember(_ store: RocksStore, _ options: Options) throws(LogError) {
        guard let keys = options.encryptionKeys else { return }
        guard try remembered(store) != keys.newestID else { return }
        var batch = WriteBatch()
        batch.put(store, .meta, KeyLayout.encryptionKey, Array(keys.newestID.utf8))
        try store.write(batch, synced: true)
    }
}
