import { beforeAll, expect, test } from '@jest/globals';
import type { CertificateContents } from '../../../shared/domain/certificate-record.ts';
import { instant } from '../../../shared/domain/instant.ts';
import { parseIpAddress } from '../../../shared/domain/ip-address.ts';
import { leafRevocationPoints } from '../../../shared/domain/revocation-points.ts';
import { issuerFacts } from '../../../shared/pki/certificate.ts';
import { crossCheck } from '../../../shared/pki/cross-check.ts';
import { issue } from '../../../shared/pki/issue.ts';
import type { LintContext } from '../../../shared/pki/lint/rule.ts';
import { prepareLeaf } from '../../../shared/pki/prepare-leaf.ts';
import { makeAuthority, NOW, serial } from '../../support/ca.ts';
import { leafContents, publicKeyOfKind } from '../../support/leaf-contents.ts';

const contents = leafContents('fleet-server');
let certificate: Uint8Array;
let context: LintContext;
beforeAll(async () => {
  const { issuer } = await makeAuthority('ECC_NIST_P256', 'ECC_NIST_P256');
  ({ certificate } = await issue(prepareLeaf(contents, issuer), issuer.key.sign));
  const { serialNumber, validity, publicKey, name } = contents;
  context = {
    kind: 'leaf',
    serialNumber,
    validity,
    commonName: name,
    publicKey,
    issuer: issuerFacts(issuer),
    contents,
    revocationPoints: leafRevocationPoints(contents),
  };
});

const meaning = (change: Partial<CertificateContents>) => ({ contents: { ...contents, ...change } });
const otherAddress = parseIpAddress('192.0.2.8');

test.each<{ words: string; change: Partial<LintContext> }>([
  { words: 'serial number', change: { serialNumber: serial('c9') } },
  { words: 'subject: CN=web-01 instead of CN=web-02', change: { commonName: 'web-02' } },
  { words: 'notBefore', change: { validity: { ...contents.validity, notBefore: NOW } } },
  { words: 'notAfter', change: { validity: { ...contents.validity, notAfter: instant(NOW + 1) } } },
  { words: 'CA: false instead of true', change: { kind: 'issuer' } },
  {
    words: 'addresses: OCSP - URI:http://revocation.example.com/ocsp',
    change: { revocationPoints: undefined },
  },
  { words: 'public key', change: { publicKey: publicKeyOfKind('p384') } },
  { words: 'names', change: meaning({ dnsNames: [] }) },
  { words: 'names', change: meaning({ ipAddresses: otherAddress ? [otherAddress] : [] }) },
])('OpenSSL sees that it is not what is meant: $words', ({ words, change }) => {
  const differences = crossCheck(certificate, { ...context, ...change });
  expect(differences).toEqual([expect.stringContaining(words)]);
});

test('OpenSSL sees other purposes and names than those of another profile', () => {
  const differences = crossCheck(certificate, { ...context, ...meaning({ profile: 'output-server' }) });
  expect(differences).toEqual([expect.stringContaining('names'), expect.stringContaining('purposes')]);
});

test('OpenSSL sees what is meant', () => {
  expect(crossCheck(certificate, context)).toEqual([]);
});
