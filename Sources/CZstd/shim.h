// zstd. Imported by `LogModel/Zstd.swift` alone; every other target compresses through it.
#include <zstd.h>
