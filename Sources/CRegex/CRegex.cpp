#include "CRegex.h"

#include <re2/re2.h>

#include <algorithm>
#include <new>
#include <string>
#include <string_view>
#include <vector>

struct cregex {
    RE2 expression;

    cregex(std::string_view pattern, const RE2::Options &options) : expression(pattern, options) {}
};

cregex *cregex_compile(const char *pattern, size_t count, bool ignores_case, int64_t memory_max) {
    // Perl's syntax, UTF-8, and the leftmost match first are RE2's defaults.
    RE2::Options options;
    options.set_case_sensitive(!ignores_case);
    options.set_max_mem(memory_max);
    options.set_log_errors(false);
    try {
        return new cregex(std::string_view(pattern, count), options);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void cregex_free(cregex *regex) { delete regex; }

cregex_status cregex_get_status(const cregex *regex) {
    switch (regex->expression.error_code()) {
    case RE2::NoError: return CREGEX_OK;
    case RE2::ErrorBadEscape: return CREGEX_BAD_ESCAPE;
    case RE2::ErrorBadCharClass:
    case RE2::ErrorBadCharRange: return CREGEX_BAD_CLASS;
    case RE2::ErrorMissingBracket: return CREGEX_MISSING_BRACKET;
    case RE2::ErrorMissingParen: return CREGEX_MISSING_PARENTHESIS;
    case RE2::ErrorUnexpectedParen: return CREGEX_UNEXPECTED_PARENTHESIS;
    case RE2::ErrorTrailingBackslash: return CREGEX_TRAILING_BACKSLASH;
    case RE2::ErrorRepeatArgument: return CREGEX_NOTHING_TO_REPEAT;
    case RE2::ErrorRepeatSize: return CREGEX_BAD_REPEAT_COUNT;
    case RE2::ErrorRepeatOp: return CREGEX_REPEATED_REPEAT;
    case RE2::ErrorBadPerlOp: return CREGEX_BAD_GROUP;
    case RE2::ErrorBadNamedCapture: return CREGEX_BAD_GROUP_NAME;
    case RE2::ErrorPatternTooLarge: return CREGEX_TOO_LARGE;
    default: return CREGEX_OTHER;
    }
}

const char *cregex_error_argument(const cregex *regex, size_t *count) {
    const std::string &argument = regex->expression.error_arg();
    *count = argument.size();
    return argument.data();
}

size_t cregex_instruction_count(const cregex *regex) {
    return static_cast<size_t>(std::max(regex->expression.ProgramSize(), 0));
}

bool cregex_search(const cregex *regex, const char *text, size_t count) {
    return regex->expression.Match(std::string_view(text, count), 0, count, RE2::UNANCHORED, nullptr, 0);
}

size_t cregex_group_count(const cregex *regex) {
    return static_cast<size_t>(std::max(regex->expression.NumberOfCapturingGroups(), 0));
}

const char *cregex_group_name(const cregex *regex, size_t group, size_t *count) {
    const auto &names = regex->expression.CapturingGroupNames();
    const auto found = names.find(static_cast<int>(group));
    if (found == names.end()) return nullptr;
    *count = found->second.size();
    return found->second.data();
}

bool cregex_capture(const cregex *regex, const char *text, size_t count, size_t group_count, int64_t *bounds) {
    std::vector<re2::StringPiece> parts(group_count + 1);
    // An empty text has no address that the groups could be told from.
    if (text == nullptr) text = "";
    const bool matches = regex->expression.Match(
        std::string_view(text, count), 0, count, RE2::UNANCHORED, parts.data(), static_cast<int>(parts.size()));
    if (!matches) return false;
    for (size_t group = 1; group <= group_count; group++) {
        const bool takes_part = parts[group].data() != nullptr;
        bounds[group * 2 - 2] = takes_part ? parts[group].data() - text : -1;
        bounds[group * 2 - 1] = takes_part ? parts[group].data() - text + static_cast<int64_t>(parts[group].size()) : -1;
    }
    return true;
}
