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
#include <string.h>

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

// The bits of a public key that certificates are given for: P-256 and P-384 as they are, RSA as its size from 2048 on; 0 for
// others.
static inline int logdb_key_strength(EVP_PKEY *key) {
    if (EVP_PKEY_is_a(key, "RSA")) return EVP_PKEY_get_bits(key) >= 2048 ? EVP_PKEY_get_bits(key) : 0;
    char group[64] = {0};
    size_t length = 0;
    if (!EVP_PKEY_is_a(key, "EC") || EVP_PKEY_get_group_name(key, group, sizeof group, &length) != 1) return 0;
    if (strcmp(group, "prime256v1") == 0) return 256;
    if (strcmp(group, "secp384r1") == 0) return 384;
    return 0;
}

// Gives the passphrase of a key to OpenSSL, which asks nobody then.
static inline int logdb_give_passphrase(char *buffer, int capacity, int writes, void *passphrase) {
    (void)writes;
    if (passphrase == NULL) return -1;
    int length = (int)strlen((const char *)passphrase);
    if (length > capacity) return -1;
    memcpy(buffer, passphrase, (size_t)length);
    return length;
}

// What comes from a client is never encrypted: without a passphrase to give, OpenSSL would ask for one on the terminal.
static inline X509_REQ *logdb_read_request(BIO *bio) {
    return PEM_read_bio_X509_REQ(bio, NULL, logdb_give_passphrase, NULL);
}

static inline X509 *logdb_read_certificate(BIO *bio) {
    return PEM_read_bio_X509(bio, NULL, logdb_give_passphrase, NULL);
}

static inline EVP_PKEY *logdb_read_private_key(BIO *bio, const char *passphrase) {
    return PEM_read_bio_PrivateKey(bio, NULL, logdb_give_passphrase, (void *)passphrase);
}

static inline int logdb_write_private_key(BIO *bio, EVP_PKEY *key, const char *passphrase) {
    if (passphrase == NULL) return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    return PEM_write_bio_PKCS8PrivateKey(
        bio, key, EVP_aes_256_cbc(), NULL, 0, logdb_give_passphrase, (void *)passphrase);
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
