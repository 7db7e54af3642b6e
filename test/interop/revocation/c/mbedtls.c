/* Judges certificates by revocation lists with mbedTLS: a line of ../protocol.md in, a verdict out. */
#include <mbedtls/error.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
  mbedtls_x509_crt root, chain; /* Chain: leaf first. */
  mbedtls_x509_crl lists;
};

/* Reads a line's files. Returns 0, or why a list cannot be read; a certificate that cannot be ends the run. */
static int read_files(struct world *world, char *lists, const char *root, const char *issuer, const char *leaf) {
  if (mbedtls_x509_crt_parse_file(&world->root, root) != 0 || mbedtls_x509_crt_parse_file(&world->chain, leaf) != 0 ||
      mbedtls_x509_crt_parse_file(&world->chain, issuer) != 0) {
    fprintf(stderr, "cannot read the certificates of %s\n", leaf);
    exit(2);
  }
  for (char *file = strtok(lists, ","); file != NULL; file = strtok(NULL, ",")) {
    int code = mbedtls_x509_crl_parse_file(&world->lists, file);
    if (code != 0) return code;
  }
  return 0;
}

static void judge(struct world *world, const char *id, int unreadable) {
  char words[512] = "";
  uint32_t flags = 0;
  if (unreadable != 0) {
    mbedtls_strerror(unreadable, words, sizeof words);
    printf("%s\tunknown\t%s\n", id, words);
    return;
  }
  if (mbedtls_x509_crt_verify(&world->chain, &world->root, &world->lists, NULL, &flags, NULL, NULL) == 0) {
    printf("%s\tgood\n", id);
    return;
  }
  mbedtls_x509_crt_verify_info(words, sizeof words, "", flags);
  words[strcspn(words, "\n")] = '\0';
  printf("%s\t%s\t%s\n", id, flags == MBEDTLS_X509_BADCERT_REVOKED ? "revoked" : "unknown", words);
}

static void judge_line(char *line) {
  struct world world;
  char *id = strtok(line, "\t"), *by = strtok(NULL, "\t"), *lists = strtok(NULL, "\t");
  char *root = strtok(NULL, "\t"), *issuer = strtok(NULL, "\t"), *leaf = strtok(NULL, "\t\n");
  if (by == NULL || leaf == NULL) {
    fputs("a case has six fields\n", stderr);
    exit(2);
  }
  mbedtls_x509_crt_init(&world.root);
  mbedtls_x509_crt_init(&world.chain);
  mbedtls_x509_crl_init(&world.lists);
  judge(&world, id, read_files(&world, lists, root, issuer, leaf));
  mbedtls_x509_crt_free(&world.root);
  mbedtls_x509_crt_free(&world.chain);
  mbedtls_x509_crl_free(&world.lists);
}

int main(void) {
  static char line[8192];
  while (fgets(line, sizeof line, stdin) != NULL) judge_line(line);
  return 0;
}
