/* Judges certificates with NSS, by the code path of its own SSL_AuthCertificate. */
#include <cert.h>
#include <certdb.h>
#include <nss.h>
#include <prerror.h>
#include <secerr.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"

static CERTCertificate *import(CERTCertDBHandle *db, struct file file) {
  SECItem der = {siBuffer, file.octets, (unsigned)file.length};
  return CERT_NewTempCertificate(db, &der, NULL, PR_FALSE, PR_TRUE);
}

static SECStatus verify(const struct trial *trial) {
  if (NSS_NoDB_Init(NULL) != SECSuccess) return SECFailure;
  CERTCertDBHandle *db = CERT_GetDefaultCertDB();
  CERTCertificate *root = import(db, trial->root), *leaf = NULL;
  for (int i = trial->length - 1; i >= 0; i--) leaf = import(db, trial->chain[i]);
  CERTCertTrust trust = {CERTDB_TRUSTED_CA | CERTDB_TRUSTED_CLIENT_CA | CERTDB_VALID_CA, 0, 0};
  if (root == NULL || leaf == NULL || CERT_ChangeCertTrust(db, root, &trust) != SECSuccess) return SECFailure;
  SECCertificateUsage usage = trial->is_server ? certificateUsageSSLServer : certificateUsageSSLClient;
  SECStatus status = CERT_VerifyCertificate(db, leaf, PR_TRUE, usage, (PRTime)trial->at * PR_USEC_PER_SEC, NULL, NULL, NULL);
  if (status != SECSuccess || trial->name == NULL) return status;
  return CERT_VerifyCertName(leaf, trial->name);
}

/* NSS remembers the certificates that it has seen: each trial has a process of its own, forked from this one. */
int judge(const struct trial *trial, char *words, size_t size) {
  int ends[2];
  if (pipe(ends) != 0) exit(2);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    SECStatus status = verify(trial);
    const char *why = status == SECSuccess ? "" : PORT_ErrorToName(PORT_GetError());
    if (status != SECSuccess && why == NULL) why = "refused";
    if (write(ends[1], why, strlen(why)) < 0) _exit(2);
    _exit(status == SECSuccess ? 0 : 1);
  }
  close(ends[1]);
  ssize_t length = read(ends[0], words, size - 1);
  words[length > 0 ? length : 0] = '\0';
  close(ends[0]);
  int status;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) exit(2);
  return WEXITSTATUS(status);
}
