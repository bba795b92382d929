import CRocksDB
import Glibc

@testable import LogDB

/// Adds a column family that this build knows nothing of to a store that is not open, as a newer build may.
func addFamily(_ name: String, to directory: TemporaryDirectory) throws {
    let options = rocksdb_options_create()
    defer { rocksdb_options_destroy(options) }
    let names = StoreFamily.allCases.map { strdup($0.name)! }
    defer { names.forEach { free($0) } }
    var namePointers: [UnsafePointer<CChar>?] = names.map { UnsafePointer($0) }
    var optionPointers = [OpaquePointer?](repeating: options, count: names.count)
    var handles = [OpaquePointer?](repeating: nil, count: names.count)
    var failure: UnsafeMutablePointer<CChar>?
    let database = rocksdb_open_column_families(
        options, directory.path, Int32(names.count), &namePointers, &optionPointers, &handles, &failure)
    guard let database else {
        throw LogError(.io, failure.map { String(cString: $0) } ?? "the store did not open")
    }
    handles.append(rocksdb_create_column_family(database, options, name, &failure))
    for handle in handles { if let handle { rocksdb_column_family_handle_destroy(handle) } }
    rocksdb_close(database)
}
