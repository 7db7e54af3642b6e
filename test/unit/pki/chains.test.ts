import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CaKeySpec } from '../../../shared/domain/authority.ts';
import type { CommonName } from '../../../shared/domain/common-name.ts';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import { KEY_KINDS } from '../../../shared/domain/key-kind.ts';
import { PROFILE_NAMES, PROFILES } from '../../../shared/domain/profile.ts';
import { issue } from '../../../shared/pki/issue.ts';
import { parseCertificate } from '../../../shared/pki/parse-tbs.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { prepareLeaf } from '../../../shared/pki/prepare-leaf.ts';
import { type MadeAuthority, makeAuthority, NOW } from '../../support/ca.ts';
import { leafContents } from '../../support/leaf-contents.ts';
import { openssl } from '../../support/openssl.ts';

const AUTHORITIES: readonly [root: CaKeySpec, issuer: CaKeySpec][] = [
  ['RSA_4096', 'RSA_3072'],
  ['ECC_NIST_P384', 'ECC_NIST_P256'],
];

describe.each(AUTHORITIES)(
  'openssl verify -x509_strict accepts leaf of root %s and issuer %s',
  (rootSpec, issuerSpec) => {
    let directory: string;
    let made: MadeAuthority;
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'chain-'));
      made = await makeAuthority(rootSpec, issuerSpec, {
        permittedDns: ['example.com', 'svc'],
        permittedIp: ['192.0.2.0/24', '2001:db8::/32'] as Cidr[],
      });
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    function file(name: string, certificate: Uint8Array): string {
      const path = join(directory, name);
      writeFileSync(path, toPem('CERTIFICATE', certificate));
      return path;
    }

    test('openssl reads the addresses of its revocation, not critical', async () => {
      const leaf = await issue(prepareLeaf(leafContents('agent'), made.issuer), made.issuer.key.sign);
      const read = (name: string, certificate: Uint8Array) =>
        openssl(
          ...['x509', '-noout', '-in', file(name, certificate)],
          ...['-ext', 'crlDistributionPoints,authorityInfoAccess'],
        ).replaceAll(/\s+/g, ' ');
      const words = (list: string, ca: string) =>
        'X509v3 CRL Distribution Points: Full Name: ' +
        `URI:http://revocation.example.com${list} ` +
        'Authority Information Access: OCSP - URI:http://revocation.example.com/ocsp ' +
        `CA Issuers - URI:http://revocation.example.com${ca} `;
      expect(read('leaf', leaf.certificate)).toBe(words('/crl/issuer-1/1.crl', '/ca/issuer-1.cer'));
      expect(read('issuer', made.issuer.certificate)).toBe(words('/crl/root-1/ca.crl', '/ca/root-1.cer'));
      expect(parseCertificate(made.root.certificate).extensions).toHaveLength(4);
    });

    test.each(PROFILE_NAMES.flatMap((profile) => KEY_KINDS.map((kind) => ({ profile, kind }))))(
      '$profile with a $kind key',
      async ({ profile, kind }) => {
        const contents = { ...leafContents(profile, kind), name: 'web-01.example.com' as CommonName };
        const leaf = await issue(prepareLeaf(contents, made.issuer), made.issuer.key.sign);
        const paths = [file('root', made.root.certificate), file('issuer', made.issuer.certificate)];
        const purposes = { serverAuth: 'sslserver', clientAuth: 'sslclient' } as const;
        for (const purpose of PROFILES[profile].extendedKeyUsage) {
          const output = openssl(
            ...['verify', '-x509_strict', '-purpose', purposes[purpose], '-attime', String(NOW)],
            ...['-CAfile', paths[0] ?? '', '-untrusted', paths[1] ?? '', file('leaf', leaf.certificate)],
          );
          expect(output).toContain('OK');
        }
      },
    );
  },
);
