// RocksDB's C API. Imported by `LogDB/Storage/RocksStore.swift` alone, so that the store is the only place that knows it.
#include <rocksdb/c.h>
