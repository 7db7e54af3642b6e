/* Judges certificates with GnuTLS. */
#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "cases.h"

static time_t now;
static time_t clock_of_trial(time_t *out) {
  if (out != NULL) *out = now;
  return now;
}

static gnutls_x509_crt_t parse(struct file file) {
  gnutls_x509_crt_t certificate;
  gnutls_datum_t der = {file.octets, (unsigned)file.length};
  gnutls_x509_crt_init(&certificate);
  if (gnutls_x509_crt_import(certificate, &der, GNUTLS_X509_FMT_DER) < 0) {
    fputs("GnuTLS cannot read a certificate\n", stderr);
    exit(2);
  }
  return certificate;
}

int judge(const struct trial *trial, char *words, size_t size) {
  gnutls_x509_trust_list_t trusted;
  gnutls_x509_crt_t root = parse(trial->root), chain[MOST_CERTIFICATES];
  gnutls_typed_vdata_st asked[2] = {
      {.type = GNUTLS_DT_KEY_PURPOSE_OID,
       .data = (void *)(trial->is_server ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT)},
      {.type = GNUTLS_DT_DNS_HOSTNAME, .data = (void *)trial->name},
  };
  unsigned char address[16];
  if (trial->name != NULL && trial->is_address) {
    int is_v6 = strchr(trial->name, ':') != NULL;
    inet_pton(is_v6 ? AF_INET6 : AF_INET, trial->name, address);
    asked[1] = (gnutls_typed_vdata_st){.type = GNUTLS_DT_IP_ADDRESS, .data = address, .size = is_v6 ? 16 : 4};
  }
  unsigned status = 0;
  now = trial->at;
  gnutls_global_set_time_function(clock_of_trial);
  gnutls_x509_trust_list_init(&trusted, 0);
  gnutls_x509_trust_list_add_cas(trusted, &root, 1, 0);
  for (int i = 0; i < trial->length; i++) chain[i] = parse(trial->chain[i]);
  int code = gnutls_x509_trust_list_verify_crt2(trusted, chain, (unsigned)trial->length, asked,
                                                trial->name == NULL ? 1 : 2, 0, &status, NULL);
  if (code < 0) {
    snprintf(words, size, "%s", gnutls_strerror(code));
  } else if (status != 0) {
    gnutls_datum_t text;
    gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0);
    snprintf(words, size, "%s", text.data);
    gnutls_free(text.data);
  }
  for (int i = 0; i < trial->length; i++) gnutls_x509_crt_deinit(chain[i]);
  gnutls_x509_trust_list_deinit(trusted, 1);
  return code < 0 || status != 0;
}
