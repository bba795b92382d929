// Stands between a process and its disk: preloaded into the process (LD_PRELOAD), it takes the place of the C library's
// functions, for files below one directory, and calls the system in their stead.
//
// LOGDB_DISK_DIRECTORY: the directory, absolute.
// LOGDB_DISK_TRACE: a file outside of it, to which a record of each call that succeeded is appended, in the order in which
// they reached the disk. From it the disk can be built as a loss of power may have left it at any moment.
// LOGDB_DISK_FAILURE: `write:N:ERRNO` or `sync:N:ERRNO`: the N-th such call, counted from 1, fails with the error, a number.
//
// A record, integers little-endian:
//
//     +0   u8   operation, one of the letters below
//     +1   u32  descriptor
//     +5   u64  offset of a write, length of a truncation, flags of an open
//     +13  u32  bytes of the first text or of the data
//     +17  u32  bytes of the second text
//     +21  the first, the second
//
// A call and its record are one under a lock: the trace's order is the disk's.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { descriptor_count = 65536 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int trace = -1;
static char root[PATH_MAX];
static size_t root_length;
static unsigned char is_recorded[descriptor_count];

// The kind of call that fails, how many of it pass before, and the error; no kind where none does.
static char failing_kind;
static long calls_before_failure;
static int failure;

static void begin(void) {
    const char *directory = getenv("LOGDB_DISK_DIRECTORY");
    if (directory == NULL || strlen(directory) >= sizeof root) return;
    root_length = strlen(directory);
    memcpy(root, directory, root_length + 1);
    const char *path = getenv("LOGDB_DISK_TRACE");
    if (path != NULL) trace = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const char *failing = getenv("LOGDB_DISK_FAILURE");
    char kind[8];
    long number;
    if (failing != NULL && sscanf(failing, "%7[a-z]:%ld:%d", kind, &number, &failure) == 3) {
        failing_kind = kind[0];
        calls_before_failure = number - 1;
    }
}

static int is_on(void) {
    pthread_once(&once, begin);
    return root_length > 0;
}

// Whether this call, of the kind 'w' or 's', is the one that fails. Under the lock.
static int is_to_fail(char kind) {
    if (kind != failing_kind || calls_before_failure-- != 0) return 0;
    errno = failure;
    return 1;
}

static int is_below(const char *path) {
    return is_on() && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static int is_known(int descriptor) {
    return is_on() && descriptor >= 0 && descriptor < descriptor_count && is_recorded[descriptor];
}

static void write_all(const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = syscall(SYS_write, trace, next, count);
        if (written < 0 && errno == EINTR) continue;
        // A trace with a hole proves nothing.
        if (written <= 0) abort();
        next += written;
        count -= (size_t)written;
    }
}

static void record(char operation, int descriptor, uint64_t number, const void *first, size_t first_count,
                   const void *second, size_t second_count) {
    if (trace < 0) return;
    int saved = errno;
    unsigned char head[21];
    uint32_t descriptor_field = (uint32_t)descriptor, first_field = (uint32_t)first_count;
    uint32_t second_field = (uint32_t)second_count;
    head[0] = (unsigned char)operation;
    memcpy(head + 1, &descriptor_field, 4);
    memcpy(head + 5, &number, 8);
    memcpy(head + 13, &first_field, 4);
    memcpy(head + 17, &second_field, 4);
    write_all(head, sizeof head);
    write_all(first, first_count);
    write_all(second, second_count);
    errno = saved;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// Opening

static int opened(int descriptor, const char *path, int flags) {
    if (descriptor >= 0 && descriptor < descriptor_count) {
        is_recorded[descriptor] = 1;
        record('o', descriptor, (uint64_t)flags, path, strlen(path), "", 0);
    }
    return descriptor;
}

#define OPEN(name)                                                                                                    \
    int name(const char *path, int flags, ...) {                                                                      \
        mode_t mode = 0;                                                                                              \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                          \
            va_list rest;                                                                                             \
            va_start(rest, flags);                                                                                    \
            mode = va_arg(rest, mode_t);                                                                              \
            va_end(rest);                                                                                             \
        }                                                                                                             \
        if (!is_below(path)) return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);                            \
        pthread_mutex_lock(&lock);                                                                                    \
        int descriptor = opened((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), path, flags);                  \
        pthread_mutex_unlock(&lock);                                                                                  \
        return descriptor;                                                                                            \
    }
OPEN(open)
OPEN(open64)

int close(int descriptor) {
    if (!is_known(descriptor)) return (int)syscall(SYS_close, descriptor);
    pthread_mutex_lock(&lock);
    record('c', descriptor, 0, "", 0, "", 0);
    is_recorded[descriptor] = 0;
    int result = (int)syscall(SYS_close, descriptor);
    pthread_mutex_unlock(&lock);
    return result;
}

// Writing

static uint64_t end_of_write(int descriptor) {
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    if (fcntl(descriptor, F_GETFL) & O_APPEND) {
        struct stat info;
        if (fstat(descriptor, &info) == 0) offset = info.st_size;
    }
    return (uint64_t)offset;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (!is_known(descriptor)) return syscall(SYS_write, descriptor, bytes, count);
    pthread_mutex_lock(&lock);
    uint64_t offset = end_of_write(descriptor);
    ssize_t written = is_to_fail('w') ? -1 : syscall(SYS_write, descriptor, bytes, count);
    if (written > 0) record('w', descriptor, offset, bytes, (size_t)written, "", 0);
    pthread_mutex_unlock(&lock);
    return written;
}

#define PWRITE(name, offset_type)                                                                                     \
    ssize_t name(int descriptor, const void *bytes, size_t count, offset_type offset) {                               \
        if (!is_known(descriptor)) return syscall(SYS_pwrite64, descriptor, bytes, count, offset);                    \
        pthread_mutex_lock(&lock);                                                                                    \
        ssize_t written = is_to_fail('w') ? -1 : syscall(SYS_pwrite64, descriptor, bytes, count, offset);             \
        if (written > 0) record('w', descriptor, (uint64_t)offset, bytes, (size_t)written, "", 0);                    \
        pthread_mutex_unlock(&lock);                                                                                  \
        return written;                                                                                               \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

// What is not followed ends the process, rather than be missing in the trace.
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    if (is_known(descriptor)) abort();
    return syscall(SYS_writev, descriptor, parts, count);
}

#define TRUNCATE(name, offset_type)                                                                                   \
    int name(int descriptor, offset_type length) {                                                                    \
        if (!is_known(descriptor)) return (int)syscall(SYS_ftruncate, descriptor, length);                            \
        pthread_mutex_lock(&lock);                                                                                    \
        int result = (int)syscall(SYS_ftruncate, descriptor, length);                                                 \
        if (result == 0) record('t', descriptor, (uint64_t)length, "", 0, "", 0);                                     \
        pthread_mutex_unlock(&lock);                                                                                  \
        return result;                                                                                                \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

// Making durable. `sync_file_range` promises nothing about a loss of power and is none.

#define SYNC(name, number)                                                                                            \
    int name(int descriptor) {                                                                                        \
        if (!is_known(descriptor)) return (int)syscall(number, descriptor);                                           \
        pthread_mutex_lock(&lock);                                                                                    \
        int result = is_to_fail('s') ? -1 : (int)syscall(number, descriptor);                                         \
        if (result == 0) record('s', descriptor, 0, "", 0, "", 0);                                                    \
        pthread_mutex_unlock(&lock);                                                                                  \
        return result;                                                                                                \
    }
SYNC(fsync, SYS_fsync)
SYNC(fdatasync, SYS_fdatasync)

// Names

#define ONE_NAME(name, letter, parameters, arguments)                                                                 \
    int name parameters {                                                                                             \
        if (!is_below(path)) return REAL(name) arguments;                                                             \
        pthread_mutex_lock(&lock);                                                                                    \
        int result = REAL(name) arguments;                                                                            \
        if (result == 0) record(letter, -1, 0, path, strlen(path), "", 0);                                            \
        pthread_mutex_unlock(&lock);                                                                                  \
        return result;                                                                                                \
    }
ONE_NAME(unlink, 'u', (const char *path), (path))
ONE_NAME(rmdir, 'd', (const char *path), (path))
ONE_NAME(mkdir, 'm', (const char *path, mode_t mode), (path, mode))

#define TWO_NAMES(name, letter)                                                                                       \
    int name(const char *from, const char *to) {                                                                      \
        if (!is_below(from) && !is_below(to)) return REAL(name)(from, to);                                            \
        pthread_mutex_lock(&lock);                                                                                    \
        int result = REAL(name)(from, to);                                                                            \
        if (result == 0) record(letter, -1, 0, from, strlen(from), to, strlen(to));                                   \
        pthread_mutex_unlock(&lock);                                                                                  \
        return result;                                                                                                \
    }
TWO_NAMES(rename, 'r')
TWO_NAMES(link, 'l')
