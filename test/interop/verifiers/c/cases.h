/* What the judges in C share: a line of ../protocol.md in, a verdict out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_CERTIFICATES 4

struct file {
  unsigned char *octets;
  size_t length;
};

struct trial {
  int is_server;       /* The purpose: serverAuth or clientAuth. */
  const char *name;    /* Of the peer: a DNS name or an IP address; NULL for none. */
  int is_address;      /* Whether the name is an IP address. */
  time_t at;
  struct file root;
  struct file chain[MOST_CERTIFICATES]; /* Leaf first. */
  int length;
};

/* Judges one trial. Returns 0 if it is accepted; writes why not to words otherwise. */
int judge(const struct trial *trial, char *words, size_t size);

static struct file read_file(const char *path) {
  struct file file = {NULL, 0};
  FILE *in = fopen(path, "rb");
  if (in == NULL) {
    perror(path);
    exit(2);
  }
  file.octets = malloc(65536);
  file.length = fread(file.octets, 1, 65536, in);
  fclose(in);
  return file;
}

static void judge_line(char *line) {
  struct trial trial = {0};
  char words[1024] = "";
  char *id = strtok(line, "\t"), *purpose = strtok(NULL, "\t"), *name = strtok(NULL, "\t");
  char *at = strtok(NULL, "\t"), *root = strtok(NULL, "\t"), *chain = strtok(NULL, "\t\n");
  if (chain == NULL) {
    fputs("a case has six fields\n", stderr);
    exit(2);
  }
  trial.is_server = strcmp(purpose, "server") == 0;
  trial.name = strcmp(name, "-") == 0 ? NULL : name;
  trial.is_address = strchr(name, ':') != NULL || strspn(name, "0123456789.") == strlen(name);
  trial.at = (time_t)atoll(at);
  trial.root = read_file(root);
  for (char *file = strtok(chain, ","); file != NULL && trial.length < MOST_CERTIFICATES; file = strtok(NULL, ","))
    trial.chain[trial.length++] = read_file(file);
  if (judge(&trial, words, sizeof words) == 0)
    printf("%s\taccept\n", id);
  else
    printf("%s\trefuse\t%s\n", id, words);
  free(trial.root.octets);
  for (int i = 0; i < trial.length; i++) free(trial.chain[i].octets);
}

int main(void) {
  static char line[8192];
  while (fgets(line, sizeof line, stdin) != NULL) judge_line(line);
  return 0;
}
