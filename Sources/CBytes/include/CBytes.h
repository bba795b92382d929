// Byte scans that Swift cannot express: a SIMD comparison's result as a bit mask, and the CRC-32C instruction.
// Each has a portable path for processors other than x86-64. Nothing here allocates or keeps state.
#ifndef CBYTES_H
#define CBYTES_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// The number of leading bytes that a JSON string carries unchanged: up to the first quote, backslash or control
/// character, or `count`. `*any_high` becomes nonzero when one of them is 0x80 or above, and so needs UTF-8 validation.
static inline size_t cbytes_json_plain_length(const uint8_t *bytes, size_t count, int *any_high) {
    size_t index = 0;
    int high = 0;
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1f);
    while (index + 16 <= count) {
        __m128i chunk = _mm_loadu_si128((const __m128i *)(bytes + index));
        // Unsigned "at most 0x1f": the minimum with 0x1f is the byte itself.
        __m128i stop = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(chunk, quote), _mm_cmpeq_epi8(chunk, backslash)),
                                    _mm_cmpeq_epi8(_mm_min_epu8(chunk, control), chunk));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop);
        unsigned signs = (unsigned)_mm_movemask_epi8(chunk);
        if (mask != 0) {
            unsigned length = (unsigned)__builtin_ctz(mask);
            high |= (int)(signs & ((1u << length) - 1u));
            *any_high |= high;
            return index + length;
        }
        high |= (int)signs;
        index += 16;
    }
#endif
    while (index < count) {
        uint8_t byte = bytes[index];
        if (byte == '"' || byte == '\\' || byte < 0x20) { break; }
        high |= byte & 0x80;
        index += 1;
    }
    *any_high |= high;
    return index;
}

/// Whether every byte is below 0x80.
static inline int cbytes_is_ascii(const uint8_t *bytes, size_t count) {
    size_t index = 0;
#if defined(__SSE2__)
    __m128i all = _mm_setzero_si128();
    while (index + 16 <= count) {
        all = _mm_or_si128(all, _mm_loadu_si128((const __m128i *)(bytes + index)));
        index += 16;
    }
    if (_mm_movemask_epi8(all) != 0) { return 0; }
#endif
    uint8_t rest = 0;
    while (index < count) { rest |= bytes[index]; index += 1; }
    return (rest & 0x80) == 0;
}

/// The first offset at or after `from` where the byte is `first` or `second` and the byte `gap` further on is
/// `last_first` or `last_second`; `count` when there is none. Two cases of a letter at both ends of a needle, so that
/// a case-insensitive search over a whole column visits only likely places.
static inline size_t cbytes_find_ends(const uint8_t *bytes, size_t count, size_t from, size_t gap, uint8_t first,
                                      uint8_t second, uint8_t last_first, uint8_t last_second) {
    size_t index = from;
#if defined(__SSE2__)
    const __m128i f1 = _mm_set1_epi8((char)first), f2 = _mm_set1_epi8((char)second);
    const __m128i l1 = _mm_set1_epi8((char)last_first), l2 = _mm_set1_epi8((char)last_second);
    while (index + gap + 16 <= count) {
        __m128i head = _mm_loadu_si128((const __m128i *)(bytes + index));
        __m128i tail = _mm_loadu_si128((const __m128i *)(bytes + index + gap));
        __m128i hit = _mm_and_si128(_mm_or_si128(_mm_cmpeq_epi8(head, f1), _mm_cmpeq_epi8(head, f2)),
                                    _mm_or_si128(_mm_cmpeq_epi8(tail, l1), _mm_cmpeq_epi8(tail, l2)));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask != 0) { return index + (size_t)__builtin_ctz(mask); }
        index += 16;
    }
#endif
    while (index + gap < count) {
        uint8_t head = bytes[index], tail = bytes[index + gap];
        if ((head == first || head == second) && (tail == last_first || tail == last_second)) { return index; }
        index += 1;
    }
    return count;
}

/// The first offset at or after `from` of a decimal digit or of a byte from 1 to `low_max` (below 0x10); `count` when
/// there is none.
static inline size_t cbytes_find_digit_or_low(const uint8_t *bytes, size_t count, size_t from, uint8_t low_max) {
    size_t index = from;
#if defined(__SSE2__)
    // Unsigned "at most": the minimum with the bound is the byte itself.
    const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
    const __m128i one = _mm_set1_epi8(1), low = _mm_set1_epi8((char)(low_max - 1));
    while (index + 16 <= count) {
        __m128i chunk = _mm_loadu_si128((const __m128i *)(bytes + index));
        __m128i digit = _mm_sub_epi8(chunk, zero), mark = _mm_sub_epi8(chunk, one);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(digit, nine), digit),
                                   _mm_cmpeq_epi8(_mm_min_epu8(mark, low), mark));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask != 0) { return index + (size_t)__builtin_ctz(mask); }
        index += 16;
    }
#endif
    while (index < count) {
        if ((uint8_t)(bytes[index] - '0') <= 9 || (uint8_t)(bytes[index] - 1) < low_max) { break; }
        index += 1;
    }
    return index;
}

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of the bytes, continuing from `seed`, the value for the bytes before
/// (0 at the start).
uint32_t cbytes_crc32c(uint32_t seed, const void *bytes, size_t count);

/// Sets malloc's number of arenas. glibc makes eight a core, each of which keeps the peak of what it ever held; a
/// server whose memory is bounded wants few. Does nothing where malloc is another.
void cbytes_limit_malloc_arenas(int count);

/// Gives the system the memory that was freed a while ago. To be called now and then: an allocator that only looks when it is
/// asked for memory keeps what a process at rest has freed. Does nothing where malloc is not jemalloc.
void cbytes_return_free_memory(void);

/// Keeps the numbers of standard input, output and error that the process was started without, so that no file it opens
/// gets one, and with it the text that is meant for a person. Reading or writing them fails as if they were closed. To
/// be called first of all, before anything is opened.
void cbytes_hold_standard_streams(void);

/// Lets two paths of one file system change places, in one step that a crash does not divide. 0, or -1 with errno.
int cbytes_exchange(const char *first, const char *second);

/// Names the calling thread in `top -H` and debuggers; the first 15 bytes count.
void cbytes_name_this_thread(const char *name);

#endif
