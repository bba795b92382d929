// OpenSSL's libcrypto: passwords, digests, signatures and certificates. What is a macro there, or works on stacks that are
// typed by macros, is a function here, since Swift does not import those.
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline long logdb_bio_bytes(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }

static inline EVP_PKEY *logdb_generate_p256(void) { return EVP_EC_gen("P-256"); }

// Adds the extension that OpenSSL makes of `value`; 1 when it did.
static inline int logdb_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) return 0;
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

// Copies the subject's `index`-th alternative name that is a URI, without a byte 0 at its end. Its length; -1 when there
// is none or it does not fit.
static inline int logdb_copy_uri(const X509 *certificate, int index, char *text, int capacity) {
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    if (names == NULL) return -1;
    int length = -1;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_URI || index-- > 0) continue;
        int count = ASN1_STRING_length(name->d.uniformResourceIdentifier);
        if (count <= capacity) {
            for (int at = 0; at < count; at++) {
                text[at] = (char)ASN1_STRING_get0_data(name->d.uniformResourceIdentifier)[at];
            }
            length = count;
        }
        break;
    }
    GENERAL_NAMES_free(names);
    return length;
}
