import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CaKeySpec } from '../../../shared/domain/authority.ts';
import { instant } from '../../../shared/domain/instant.ts';
import { subjectOf } from '../../../shared/pki/certificate.ts';
import { issue } from '../../../shared/pki/issue.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { prepareCrossCertificate } from '../../../shared/pki/prepare-cross-certificate.ts';
import { prepareIssuer } from '../../../shared/pki/prepare-issuer.ts';
import { prepareLeaf } from '../../../shared/pki/prepare-leaf.ts';
import { prepareRoot } from '../../../shared/pki/prepare-root.ts';
import {
  type MadeCa,
  makeAuthority,
  makeCaKey,
  NOW,
  REVOCATION_URL,
  serial,
  YEAR,
} from '../../support/ca.ts';
import { leafContents } from '../../support/leaf-contents.ts';
import { openssl } from '../../support/openssl.ts';

const ROLLOVERS: readonly [older: CaKeySpec, newer: CaKeySpec][] = [
  ['RSA_4096', 'ECC_NIST_P384'],
  ['ECC_NIST_P384', 'RSA_4096'],
];

describe.each(ROLLOVERS)('from a root %s to a root %s', (older, newer) => {
  let directory: string;
  let first: MadeCa;
  let second: MadeCa;
  let cross: Uint8Array;
  let below: Uint8Array[];
  const plan = (changes: object = {}) => ({
    authority: 'prod',
    subject: second,
    root: first,
    serialNumber: serial('c1'),
    validity: { notBefore: instant(NOW - 3600), notAfter: instant(NOW + 20 * YEAR) },
    revocationUrl: REVOCATION_URL,
    ...changes,
  });

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cross-'));
    first = (await makeAuthority(older, 'ECC_NIST_P256')).root;
    second = await nextRoot(newer);
    cross = (await issue(prepareCrossCertificate(plan()), first.key.sign)).certificate;
    below = await certificatesBelow(second);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function file(name: string, ...certificates: readonly Uint8Array[]): string {
    const path = join(directory, name);
    writeFileSync(path, certificates.map((der) => toPem('CERTIFICATE', der)).join(''));
    return path;
  }

  const verify = (root: Uint8Array, untrusted: readonly Uint8Array[], leaf: Uint8Array) =>
    openssl(
      ...['verify', '-x509_strict', '-purpose', 'sslclient', '-attime', String(NOW)],
      ...['-CAfile', file('root', root), '-untrusted', file('untrusted', ...untrusted), file('leaf', leaf)],
    );

  test('whoever trusts either root accepts what is below the newer one', () => {
    const [leaf = new Uint8Array(), issuer = new Uint8Array()] = below;
    for (const root of [first, second])
      expect(verify(root.certificate, [issuer, cross], leaf)).toContain('OK');
    expect(() => verify(first.certificate, [issuer], leaf)).toThrow(/unable to get local issuer certificate/);
  });

  test("has the newer root's name and key, and the older one's addresses of revocation", () => {
    expect(subjectOf(cross)).toEqual(subjectOf(second.certificate));
    const text = openssl('x509', '-noout', '-text', '-in', file('cross', cross));
    expect(text).toMatch(/Issuer: CN ?= ?fleetseal prod root-1\n/);
    expect(text).toMatch(/Subject: CN ?= ?fleetseal prod root-2\n/);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:1\n/);
    expect(text).toContain(`URI:${REVOCATION_URL}/crl/root-1/ca.crl`);
    expect(text).toContain(`OCSP - URI:${REVOCATION_URL}/ocsp`);
    expect(text).toContain(`CA Issuers - URI:${REVOCATION_URL}/ca/root-1.cer`);
  });

  test('is not prepared for longer than the older root lives', () => {
    const validity = { notBefore: NOW, notAfter: instant(NOW + 31 * YEAR) };
    expect(() => prepareCrossCertificate(plan({ validity }))).toThrow(
      expect.objectContaining({
        code: 'internal',
        internal: expect.objectContaining({ lint: 'validity_nesting: it ends after its issuer' }),
      }),
    );
  });

  test('the same plan gives the same bytes', () => {
    expect(prepareCrossCertificate(plan()).tbsSha256).toBe(prepareCrossCertificate(plan()).tbsSha256);
  });
});

async function nextRoot(keySpec: CaKeySpec): Promise<MadeCa> {
  const key = await makeCaKey(keySpec);
  const prepared = prepareRoot({
    authority: 'prod',
    rootId: 'root-2',
    serialNumber: serial('a2'),
    validity: { notBefore: instant(NOW - 3600), notAfter: instant(NOW + 25 * YEAR) },
    publicKey: key.publicKey,
    keySpec,
  });
  return { id: 'root-2', ...(await issue(prepared, key.sign)), keySpec, key };
}

/** A leaf, and the issuer that signed it. */
async function certificatesBelow(root: MadeCa): Promise<Uint8Array[]> {
  const key = await makeCaKey('ECC_NIST_P256');
  const validity = { notBefore: instant(NOW - 3600), notAfter: instant(NOW + 5 * YEAR) };
  const prepared = prepareIssuer({
    authority: 'prod',
    issuerId: 'issuer-2',
    serialNumber: serial('b2'),
    validity,
    publicKey: key.publicKey,
    root,
    revocationUrl: REVOCATION_URL,
  });
  const { certificate } = await issue(prepared, root.key.sign);
  const issuer = { id: 'issuer-2', certificate, keySpec: key.keySpec };
  const leaf = await issue(prepareLeaf(leafContents('agent'), issuer), key.sign);
  return [leaf.certificate, certificate];
}
