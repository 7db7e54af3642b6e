import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CaKeySpec } from '../../../../shared/domain/authority.ts';
import { instant, plus } from '../../../../shared/domain/instant.ts';
import type { OcspStatus } from '../../../../shared/domain/ocsp.ts';
import { issue } from '../../../../shared/pki/issue.ts';
import { errorResponse } from '../../../../shared/pki/ocsp/error-response.ts';
import { prepareResponse, type ResponderCertificate } from '../../../../shared/pki/ocsp/prepare-response.ts';
import { toPem } from '../../../../shared/pki/pem.ts';
import { prepareLeaf } from '../../../../shared/pki/prepare-leaf.ts';
import { signPrepared } from '../../../../shared/pki/sign-prepared.ts';
import { type MadeAuthority, makeAuthority, NOW, serial } from '../../../support/ca.ts';
import { leafContents } from '../../../support/leaf-contents.ts';
import { openssl } from '../../../support/openssl.ts';
import { certIdOf, type MadeResponder, makeResponder } from '../../../support/responder.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-ocsp-'));
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const REVOKED: OcspStatus = { state: 'revoked', revokedAt: plus(NOW, -60), reason: 'keyCompromise' };
const STATUSES: readonly { readonly name: string; readonly status: OcspStatus; readonly says: RegExp }[] = [
  { name: 'good', status: { state: 'good' }, says: /leaf\.pem: good/ },
  {
    name: 'revoked with a reason',
    status: REVOKED,
    says: /leaf\.pem: revoked[\s\S]*Reason: keyCompromise[\s\S]*Revocation Time: Nov 23 11:59:00 2026 GMT/,
  },
  {
    name: 'revoked without a reason',
    status: { ...REVOKED, reason: 'unspecified' },
    says: /leaf\.pem: revoked(?![\s\S]*Reason)[\s\S]*Revocation Time: Nov 23 11:59:00 2026 GMT/,
  },
];

describe.each<{ ca: CaKeySpec; key: CaKeySpec }>([
  { ca: 'RSA_3072', key: 'ECC_NIST_P256' },
  { ca: 'ECC_NIST_P384', key: 'RSA_3072' },
])('a response signed with $key below a CA with $ca, read by OpenSSL', ({ ca, key }) => {
  let authority: MadeAuthority;
  let responder: MadeResponder;
  let files: { readonly root: string; readonly issuer: string; readonly leaf: string };
  const leaf = leafContents('agent');

  beforeAll(async () => {
    authority = await makeAuthority(ca, ca);
    responder = await makeResponder(authority.issuer, key);
    const { certificate } = await issue(prepareLeaf(leaf, authority.issuer), authority.issuer.key.sign);
    const pem = (name: string, der: Uint8Array) => file(name, toPem('CERTIFICATE', der));
    files = {
      root: pem('root.pem', authority.root.certificate),
      issuer: pem('issuer.pem', authority.issuer.certificate),
      leaf: pem('leaf.pem', certificate),
    };
  });

  async function respond(
    status: OcspStatus,
    hash: 'sha1' | 'sha256' = 'sha1',
    by: MadeResponder = responder,
  ) {
    const certId = certIdOf(authority.issuer.certificate, leaf.serialNumber, hash);
    const contents = { certId, status, thisUpdate: NOW, nextUpdate: plus(NOW, 86_400) };
    return (await signPrepared(prepareResponse(contents, by), by.key.sign)).der;
  }

  /** What `openssl ocsp` says of the response, an hour after it was made. */
  function read(response: Uint8Array, hash: 'sha1' | 'sha256' = 'sha1'): string {
    const chain = ['-issuer', files.issuer, '-verify_other', files.issuer, '-CAfile', files.root];
    const about = [`-${hash}`, ...chain, '-cert', files.leaf, '-no_nonce'];
    const at = ['-attime', String(NOW + 3600), '-validity_period', '300000000'];
    return openssl('ocsp', ...about, '-respin', file('response.der', response), ...at);
  }

  test.each(STATUSES)('$name', async ({ status, says }) => {
    expect(read(await respond(status))).toMatch(says);
  });

  test('of a request with SHA-256', async () => {
    expect(read(await respond(REVOKED, 'sha256'), 'sha256')).toMatch(/leaf\.pem: revoked/);
  });

  test('says of whom it is, when it was made and until when it is to be believed', async () => {
    const text = openssl(
      'ocsp',
      '-respin',
      file('one.der', await respond({ state: 'good' })),
      '-resp_text',
      '-noverify',
    );
    expect(text).toMatch(/Responder Id: [0-9A-F]{40}\n/);
    expect(text).toContain('Produced At: Nov 23 12:00:00 2026 GMT');
    expect(text).toContain('This Update: Nov 23 12:00:00 2026 GMT');
    expect(text).toContain('Next Update: Nov 24 12:00:00 2026 GMT');
    expect(text).toContain('OCSP Signing');
    expect(text).not.toContain('Nonce');
  });

  test('the same contents give the same bytes to sign', async () => {
    const certId = certIdOf(authority.issuer.certificate, leaf.serialNumber);
    const contents = { certId, status: REVOKED, thisUpdate: NOW, nextUpdate: plus(NOW, 60) };
    const [a, b] = [prepareResponse(contents, responder), prepareResponse(contents, responder)];
    expect(a.tbsSha256).toBe(b.tbsSha256);
  });
});

describe('what is not signed', () => {
  let authority: MadeAuthority;
  let responder: MadeResponder;
  beforeAll(async () => {
    authority = await makeAuthority('ECC_NIST_P384', 'ECC_NIST_P256');
    responder = await makeResponder(authority.issuer);
  });

  const contents = (ca: Uint8Array) => ({
    certId: certIdOf(ca, serial('c1')),
    status: { state: 'good' } as OcspStatus,
    thisUpdate: NOW,
    nextUpdate: plus(NOW, 86_400),
  });
  const refusal = (
    change: object,
    by: ResponderCertificate = responder,
    ca = authority.issuer.certificate,
  ) => {
    try {
      prepareResponse({ ...contents(ca), ...change }, by);
      return 'it was prepared';
    } catch (error) {
      return error;
    }
  };

  test.each([
    {
      name: 'a nextUpdate that is not after thisUpdate',
      change: { nextUpdate: NOW },
      finding: 'times: nextUpdate is not after thisUpdate',
    },
    {
      name: 'a life of more than ten days',
      change: { nextUpdate: plus(NOW, 864_001) },
      finding: 'times: it lives longer than 864000 s',
    },
    {
      name: 'a revocation after thisUpdate',
      change: { status: { ...REVOKED, revokedAt: plus(NOW, 1) } },
      finding: 'revocation_time: it is after thisUpdate',
    },
    {
      name: "a life that reaches beyond the responder's certificate",
      change: { thisUpdate: plus(NOW, 30 * 86_400 - 10), nextUpdate: plus(NOW, 30 * 86_400 + 1) },
      finding: 'responder_certificate: it does not cover the life of the response',
    },
    {
      name: 'a life that begins before the certificate of the responder',
      change: { thisUpdate: instant(NOW - 3601) },
      finding: 'responder_certificate: it does not cover the life of the response',
    },
  ])('$name', ({ change, finding }) => {
    expect(refusal(change)).toMatchObject({
      code: 'internal',
      message: 'The OCSP response failed the checks before signing, so it was not signed.',
      internal: { lint: finding, serialNumber: serial('c1') },
    });
  });

  test('a response about a certificate of another CA than that of the responder', () => {
    expect(refusal({}, responder, authority.root.certificate)).toMatchObject({
      internal: { lint: 'responder_certificate: it is from another CA' },
    });
  });

  test('a response under a certificate that is not for OCSP', async () => {
    const { certificate } = await issue(
      prepareLeaf(leafContents('agent'), authority.issuer),
      authority.issuer.key.sign,
    );
    expect(refusal({}, { certificate, keySpec: 'ECC_NIST_P256' })).toMatchObject({
      internal: { lint: 'responder_certificate: it is not for OCSPSigning only' },
    });
  });

  test('a signature of another key is discarded', async () => {
    const prepared = prepareResponse(contents(authority.issuer.certificate), responder);
    const other = await makeResponder(authority.issuer);
    await expect(signPrepared(prepared, other.key.sign)).rejects.toMatchObject({
      code: 'internal',
      message: 'The CA returned a signature that does not verify; it was discarded.',
    });
  });
});

describe('a response without a signature', () => {
  test.each([
    { status: 'malformedRequest', hex: '30030a0101' },
    { status: 'internalError', hex: '30030a0102' },
    { status: 'tryLater', hex: '30030a0103' },
    { status: 'unauthorized', hex: '30030a0106' },
  ] as const)('$status', ({ status, hex }) => {
    expect(Buffer.from(errorResponse(status)).toString('hex')).toBe(hex);
  });
});
