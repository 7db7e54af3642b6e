import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The programs of other systems than this one, in a directory that comes first in, or is, the PATH.
 */

/** A shell with its own userland. */
export interface Userland {
  readonly name: string;
  readonly shell: readonly string[];
  /** The PATH, given a directory that may be filled for it. */
  readonly path: (directory: string) => string;
}

const REST = process.env['PATH'] ?? '';

/** What rotate.sh and bootstrap.sh call, but for curl, openssl and flock. */
const APPLETS =
  'awk cat chmod chown cmp cp cut date diff dirname grep head id ln ls mkdir mktemp mv od readlink rm rmdir sed sh sleep sort sync tail touch tr uname wc';

/** Those that are installed; dash and bash with GNU's programs, busybox with its own, as on Alpine. */
export const USERLANDS: readonly Userland[] = [
  { name: 'dash', shell: ['/bin/dash'], path: () => REST },
  { name: 'bash', shell: ['/bin/bash'], path: () => REST },
  { name: 'busybox', shell: ['/bin/busybox', 'sh'], path: busybox },
].filter(({ shell }) => existsSync(shell[0] ?? ''));

/** The shell and the programs of this machine. */
export const HERE: Userland = { name: 'sh', shell: ['/bin/sh'], path: () => REST };

function busybox(directory: string): string {
  const bin = join(directory, 'busybox');
  mkdirSync(bin);
  for (const applet of APPLETS.split(' ')) symlinkSync('/bin/busybox', join(bin, applet));
  for (const program of ['curl', 'openssl', 'flock']) symlinkSync(pathOf(program), join(bin, program));
  return bin;
}

function pathOf(program: string): string {
  return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
}

/** Writes a program that refuses what the first pattern of `case` matches among its arguments, and else is the real one. */
function refusing(bin: string, program: string, pattern: string, first = ''): void {
  const lines = `${first}for word; do case $word in ${pattern}) echo "${program}: option $word: is unknown" >&2; exit 2 ;; esac; done`;
  writeFileSync(join(bin, program), `#!/bin/sh\n${lines}\nexec ${pathOf(program)} "$@"\n`, { mode: 0o755 });
}

/**
 * LibreSSL 3.3.6, as macOS 13 to 15 have it: the one that LIBRESSL names, or an openssl that has none of what it lacks.
 * No package that could be installed here has it.
 */
export function libressl(bin: string): void {
  const real = process.env['LIBRESSL'];
  if (real !== undefined) symlinkSync(real, join(bin, 'openssl'));
  else
    refusing(
      bin,
      'openssl',
      '-rawin | -v2prf | -iter | -ext | -copy_extensions | -addext | ED25519 | ed25519 | -legacy | -provider',
      `if [ "$1" = version ]; then echo "LibreSSL 3.3.6"; exit; fi
case "$*" in *ec_param_enc:named_curve*) ;; *ec_paramgen_curve:*) set -- "$@" -pkeyopt ec_param_enc:explicit ;; esac
`,
    );
}

/** curl 7.61, as RHEL 8 has it: the one that CURL_7_61 names, or a curl without the options that came later (curl(1)). */
export function curl761(bin: string): void {
  const real = process.env['CURL_7_61'];
  if (real !== undefined) symlinkSync(real, join(bin, 'curl'));
  else
    refusing(
      bin,
      'curl',
      '--fail-with-body | --aws-sigv4 | --json | --retry-all-errors | --parallel | -Z | --no-progress-meter | --output-dir | --create-file-mode | --remove-on-error | --rate | --url-query | --ca-native | --variable | --expand-* | --etag-* | --curves | --http3* | --doh-* | --sasl-authzid | --ssl-auto-client-cert',
    );
}
