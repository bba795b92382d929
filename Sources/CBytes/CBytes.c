#define _GNU_SOURCE
#include "CBytes.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

static uint32_t crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
    while (count-- > 0) {
        crc ^= *bytes++;
        for (int bit = 0; bit < 8; bit++) { crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1u))); }
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t wide = crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = __builtin_ia32_crc32di(wide, word);
        bytes += 8;
        count -= 8;
    }
    crc = (uint32_t)wide;
    while (count-- > 0) { crc = __builtin_ia32_crc32qi(crc, *bytes++); }
    return crc;
}
#endif

uint32_t cbytes_crc32c(uint32_t seed, const void *bytes, size_t count) {
    uint32_t crc = ~seed;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) { return ~crc32c_sse42(crc, bytes, count); }
#endif
    return ~crc32c_portable(crc, bytes, count);
}

// Read by jemalloc where an executable is linked with it. Few arenas, so that what one thread frees serves the next. No thread
// of jemalloc's own: while all cores are taken it comes late, and memory grows by 60 MiB in a quarter of a second before it
// does. Threads give back what has been free for 50 ms as they go, and cbytes_return_free_memory does it for all.
const char *malloc_conf = "narenas:2,dirty_decay_ms:50,muzzy_decay_ms:0";

// jemalloc's own interface (jemalloc(3), "mallctl namespace"); absent where malloc is another.
extern int mallctl(const char *name, void *old, size_t *old_size, void *new, size_t new_size) __attribute__((weak));

void cbytes_return_free_memory(void) {
    // 4096 is MALLCTL_ARENAS_ALL.
    if (mallctl != NULL) { mallctl("arena.4096.decay", NULL, NULL, NULL, 0); }
}

void cbytes_limit_malloc_arenas(int count) {
#if defined(__GLIBC__)
    mallopt(M_ARENA_MAX, count);
#else
    (void)count;
#endif
}

void cbytes_hold_standard_streams(void) {
    for (int number = 0; number <= 2; number++) {
        if (fcntl(number, F_GETFD) != -1 || errno != EBADF) { continue; }
        // What is opened gets the lowest number that is free, which is this one; the direction is the wrong one.
        if (open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY) != number) { return; }
    }
}

void cbytes_name_this_thread(const char *name) {
#if defined(__linux__)
    char cut[16];
    strncpy(cut, name, 15);
    cut[15] = 0;
    pthread_setname_np(pthread_self(), cut);
#else
    (void)name;
#endif
}

int cbytes_exchange(const char *first, const char *second) {
#if defined(RENAME_EXCHANGE)
    return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
#else
    (void)first;
    (void)second;
    errno = ENOSYS;
    return -1;
#endif
}
