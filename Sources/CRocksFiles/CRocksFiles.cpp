#include "CRocksFiles.h"

#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

#include <cstring>
#include <exception>
#include <string>

char *crocksfiles_verify(const char *path) {
    try {
        rocksdb::SstFileReader reader{rocksdb::Options()};
        rocksdb::Status status = reader.Open(path);
        if (status.ok()) status = reader.VerifyChecksum(rocksdb::ReadOptions());
        return status.ok() ? nullptr : strdup(status.ToString().c_str());
    } catch (const std::exception &failure) {
        return strdup(failure.what());
    }
}
