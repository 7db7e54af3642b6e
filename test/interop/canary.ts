import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../support/command.ts';
import type { Subject } from './judges.ts';

/** Whether a row is of something bad, with which every judge has to find fault. */
export function isCanary(subject: string): boolean {
  return subject.endsWith(' is found out');
}

/**
 * A certificate with a fault for every judge, made by openssl: a host name with an underscore (zlint), no authority key
 * identifier and a key usage of CAs (pkilint), and a root that did not sign it (the chains). A judge that finds nothing
 * here did not look.
 */
export async function badSubject(directory: string): Promise<Subject> {
  const file = (name: string) => join(directory, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  for (const ca of ['ca', 'stranger']) {
    const out = ['-keyout', file(`${ca}.key`), '-out', file(`${ca}.pem`)];
    await mustRun('openssl', ['req', '-x509', ...key, ...out, '-subj', `/CN=${ca}`, '-days', '30']);
  }
  writeFileSync(file('leaf.cnf'), FAULTS);
  const request = ['-keyout', file('leaf.key'), '-out', file('leaf.csr'), '-subj', '/CN=leaf'];
  await mustRun('openssl', ['req', ...key, ...request]);
  const issuer = [
    '-CA',
    file('ca.pem'),
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    '-extfile',
    file('leaf.cnf'),
  ];
  await mustRun('openssl', ['x509', '-req', '-in', file('leaf.csr'), '-out', file('leaf.pem'), ...issuer]);
  return {
    certificate: file('leaf.pem'),
    signer: file('stranger.pem'),
    chain: file('leaf.pem'),
    root: file('stranger.pem'),
    purposes: ['sslclient'],
  };
}

const FAULTS = `basicConstraints = CA:FALSE
authorityKeyIdentifier = none
subjectKeyIdentifier = hash
keyUsage = critical, keyCertSign
subjectAltName = DNS:under_score.example.com
`;
