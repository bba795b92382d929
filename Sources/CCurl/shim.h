// libcurl. `curl_easy_setopt` and `curl_easy_getinfo` are variadic, which Swift does not import: one wrapper a type.
#include <curl/curl.h>

typedef size_t (*logdb_curl_transfer)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode logdb_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode logdb_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode logdb_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode logdb_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode logdb_curl_set_headers(CURL *handle, struct curl_slist *headers) {
    return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
}

static inline CURLcode logdb_curl_set_transfer(CURL *handle, CURLoption option, logdb_curl_transfer function) {
    return curl_easy_setopt(handle, option, function);
}

static inline CURLcode logdb_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
