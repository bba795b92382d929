// Regular expressions that are matched in time linear in the text, over RE2 (libre2): its syntax, compiled once and then
// used by any number of threads at a time. Pattern and text are UTF-8. Texts should be well-formed: in other bytes RE2
// finds what happens to look like a character, which differs from version to version.
#ifndef CREGEX_H
#define CREGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled expression, or why there is none.
typedef struct cregex cregex;

typedef enum cregex_status {
    CREGEX_OK = 0,
    /// The argument is the escape.
    CREGEX_BAD_ESCAPE,
    /// The argument is the class, or the range within it.
    CREGEX_BAD_CLASS,
    /// The argument is what follows the bracket that is never closed, itself included.
    CREGEX_MISSING_BRACKET,
    /// A parenthesis is never closed. The argument is the pattern.
    CREGEX_MISSING_PARENTHESIS,
    /// A parenthesis was never opened. The argument is the pattern.
    CREGEX_UNEXPECTED_PARENTHESIS,
    /// The argument is empty.
    CREGEX_TRAILING_BACKSLASH,
    /// The argument is a repetition with nothing before it.
    CREGEX_NOTHING_TO_REPEAT,
    /// The argument is a repetition whose counts are too large, or in the wrong order.
    CREGEX_BAD_REPEAT_COUNT,
    /// The arguments are repetitions that follow one another.
    CREGEX_REPEATED_REPEAT,
    /// The argument is the start of a group, up to what is unknown.
    CREGEX_BAD_GROUP,
    /// The argument is the start of a named group.
    CREGEX_BAD_GROUP_NAME,
    /// The compiled expression would take more memory than allowed.
    CREGEX_TOO_LARGE,
    /// Anything else.
    CREGEX_OTHER,
} cregex_status;

/// Compiles a pattern. The result is to be freed, also when it is not `CREGEX_OK`; null when memory ran out.
///
/// `memory_max` bounds, in bytes, what the expression takes: two thirds of it for the program and the states that
/// matching makes on the way, one third for the reverse of them. An expression whose states do not fit is matched
/// without them, which is still linear, and slower.
cregex *cregex_compile(const char *pattern, size_t count, bool ignores_case, int64_t memory_max);

/// Frees what `cregex_compile` returned.
void cregex_free(cregex *regex);

/// Whether the expression was compiled, or why not.
cregex_status cregex_get_status(const cregex *regex);

/// The part of the pattern that the status is about. Valid as long as `regex`; not terminated.
const char *cregex_error_argument(const cregex *regex, size_t *count);

/// How many instructions the compiled program has: the time for a byte of text is at most in proportion to them.
size_t cregex_instruction_count(const cregex *regex);

/// Whether the expression, which must be `CREGEX_OK`, matches somewhere in the text.
bool cregex_search(const cregex *regex, const char *text, size_t count);

/// How many groups the expression has whose text is captured; the whole match is not counted.
size_t cregex_group_count(const cregex *regex);

/// The name of a group, from 1; null when it has none. Valid as long as `regex`; not terminated.
const char *cregex_group_name(const cregex *regex, size_t group, size_t *count);

/// As `cregex_search`; of a match says where each group from 1 to `group_count` begins and ends in the text, or -1 twice
/// where it takes no part. `bounds` has room for two numbers a group.
bool cregex_capture(const cregex *regex, const char *text, size_t count, size_t group_count, int64_t *bounds);

#ifdef __cplusplus
}
#endif

#endif
