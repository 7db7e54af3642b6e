/* Judges certificates with mbedTLS. */
#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/x509_crt.h>

#include "cases.h"

/* mbedTLS takes the time from the C library alone; linked with -rdynamic, it finds this one first. */
static time_t now;
time_t time(time_t *out) {
  if (out != NULL) *out = now;
  return now;
}

static int append(mbedtls_x509_crt *chain, struct file file, char *words, size_t size) {
  int code = mbedtls_x509_crt_parse_der(chain, file.octets, file.length);
  if (code != 0) mbedtls_strerror(code, words, size);
  return code;
}

static int refusal(mbedtls_x509_crt *chain, mbedtls_x509_crt *root, const struct trial *trial, char *words,
                   size_t size) {
  uint32_t flags = 0;
  const char *usage = trial->is_server ? MBEDTLS_OID_SERVER_AUTH : MBEDTLS_OID_CLIENT_AUTH;
  now = trial->at;
  if (append(root, trial->root, words, size) != 0) return 1;
  for (int i = 0; i < trial->length; i++)
    if (append(chain, trial->chain[i], words, size) != 0) return 1;
  if (mbedtls_x509_crt_verify(chain, root, NULL, trial->name, &flags, NULL, NULL) != 0) {
    mbedtls_x509_crt_verify_info(words, size, "", flags);
    words[strcspn(words, "\n")] = '\0';
    return 1;
  }
  if (mbedtls_x509_crt_check_extended_key_usage(chain, usage, MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)) != 0) {
    snprintf(words, size, "extended key usage");
    return 1;
  }
  return 0;
}

int judge(const struct trial *trial, char *words, size_t size) {
  mbedtls_x509_crt chain, root;
  mbedtls_x509_crt_init(&chain);
  mbedtls_x509_crt_init(&root);
  int refused = refusal(&chain, &root, trial, words, size);
  mbedtls_x509_crt_free(&chain);
  mbedtls_x509_crt_free(&root);
  return refused;
}
