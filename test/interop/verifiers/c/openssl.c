/* Judges certificates with OpenSSL, strictly (X509_V_FLAG_X509_STRICT). */
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "cases.h"

static X509 *parse(struct file file) {
  const unsigned char *octets = file.octets;
  return d2i_X509(NULL, &octets, (long)file.length);
}

int judge(const struct trial *trial, char *words, size_t size) {
  X509_STORE *store = X509_STORE_new();
  STACK_OF(X509) *above = sk_X509_new_null();
  X509_STORE_CTX *context = X509_STORE_CTX_new();
  X509 *leaf = parse(trial->chain[0]), *root = parse(trial->root);
  X509_STORE_add_cert(store, root);
  for (int i = 1; i < trial->length; i++) sk_X509_push(above, parse(trial->chain[i]));
  X509_STORE_CTX_init(context, store, leaf, above);
  X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time(param, trial->at);
  X509_VERIFY_PARAM_set_purpose(param, trial->is_server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT);
  if (trial->name != NULL && trial->is_address) X509_VERIFY_PARAM_set1_ip_asc(param, trial->name);
  if (trial->name != NULL && !trial->is_address) X509_VERIFY_PARAM_set1_host(param, trial->name, 0);
  int accepted = X509_verify_cert(context) == 1;
  snprintf(words, size, "%s", X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
  X509_STORE_CTX_free(context);
  sk_X509_pop_free(above, X509_free);
  X509_free(leaf);
  X509_free(root);
  X509_STORE_free(store);
  return accepted ? 0 : 1;
}
