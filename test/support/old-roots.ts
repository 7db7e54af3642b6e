import { execFileSync } from 'node:child_process';

/** A self-signed CA of OpenSSL's making, valid from now for 30 days, in PEM. @param more - options of `openssl req` */
export function oldRoot(commonName: string, ...more: readonly string[]): string {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
  const named = ['-subj', `/O=Acme/CN=${commonName}`, '-days', '30'];
  return execFileSync('openssl', ['req', '-x509', ...key, ...named, ...more], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
