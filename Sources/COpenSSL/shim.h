// OpenSSL's libcrypto: passwords, digests, signatures and certificates. What is a macro there is a function here, since
// Swift does not import those.
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
