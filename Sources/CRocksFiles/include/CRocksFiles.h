// What RocksDB's C API has no call for: reading a table file by itself, without the database that it belongs to.
#ifndef CROCKSFILES_H
#define CROCKSFILES_H

#ifdef __cplusplus
extern "C" {
#endif

/// Reads all of a table file and compares every checksum, those of filters and indexes too.
///
/// Returns NULL for a sound file, else what is wrong, to be released with free().
char *crocksfiles_verify(const char *path);

#ifdef __cplusplus
}
#endif

#endif
