import { describe, expect, test } from '@jest/globals';
import { acceptDeployment } from '../../../../shared/delivery/accept-deployment.ts';
import { fromDate } from '../../../../shared/domain/instant.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import { TRUST_PEERS, type TrustPeer } from '../../../../shared/elastic/deployment/fields/trust.ts';
import { brokenRules } from '../../../../shared/elastic/deployment-rules.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { certificateOf, ON_PREMISES, PEM, refusalOf } from '../rendering.ts';

/** A server's certificate that `PEM.other` issued (openssl x509 -req, valid until 2126). */
const SERVER = `-----BEGIN CERTIFICATE-----
MIIBjDCCATGgAwIBAgIBTTAKBggqhkjOPQQDAjAQMQ4wDAYDVQQDDAVvdGhlcjAg
Fw0yNjExMjgxNjQ4MjVaGA8yMTI2MTEwNDE2NDgyNVowHDEaMBgGA1UEAwwRZXMt
MDEuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARZxqg61AuJ
7btBMcYuzT9wKNJUNMoyotJ3CCtV8CCi7Dkn4F5scGOLaGZr9xrtGqqfeubn3fq5
RVV+MuTGez5+o24wbDAMBgNVHRMBAf8EAjAAMBwGA1UdEQQVMBOCEWVzLTAxLmV4
YW1wbGUuY29tMB0GA1UdDgQWBBQqVDH6ey0qkK4zD4R7h7LvDzBKIDAfBgNVHSME
GDAWgBQLH5YMFa4rH5o7WzoVy+1Q5VA55DAKBggqhkjOPQQDAgNJADBGAiEAiGZ8
raI8WSB8GfFFTl3q06iniPcK88vCUgTrzvwRBvsCIQC96p8IU4li5ZHC0kfxv428
O895tCWxty5QMDgy49VKEA==
-----END CERTIFICATE-----
`;

/** The same server's, signed by its own key. */
const SELF_SIGNED = `-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUdQOD/A7pupHzH8PpbgqYNlt55AQwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRZXMtMDEuZXhhbXBsZS5jb20wIBcNMjYxMTI4MTY0ODI1WhgP
MjEyNjExMDQxNjQ4MjVaMBwxGjAYBgNVBAMMEWVzLTAxLmV4YW1wbGUuY29tMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWcaoOtQLie27QTHGLs0/cCjSVDTKMqLS
dwgrVfAgouw5J+BebHBji2hma/ca7Rqqn3rm5936uUVVfjLkxns+fqNNMEswHAYD
VR0RBBUwE4IRZXMtMDEuZXhhbXBsZS5jb20wDAYDVR0TAQH/BAIwADAdBgNVHQ4E
FgQUKlQx+nstKpCuMw+Ee4ey7w8wSiAwCgYIKoZIzj0EAwIDSAAwRQIgX4cldnxv
+TyVbm/pduETmn6NsKukL4+nzs6zRF8+U9wCIQDPJY9Sas9B/YvI0W73j9nFmGCw
AoO6qWOK4PYGBPIBWQ==
-----END CERTIFICATE-----
`;

const ONLY = 'must contain only PEM certificates: one or more BEGIN CERTIFICATE blocks';
const NO_CERTIFICATE = (number: number) =>
  `has a block, number ${number}, that is not a certificate: export the CA again, for example with "openssl x509 -in ca.crt"`;
const KEY =
  "contains a private key, which must not leave its host: replace that key, and give only the CA's certificate";

const trusting = (pem: string, peer: TrustPeer = 'fleetServer') => ({
  ...ON_PREMISES,
  trust: { [peer]: { pem } },
});

/** What is said of the PEM of a peer, whichever other rules the deployment breaks. */
function said(pem: string, { peer = 'fleetServer', now }: { peer?: TrustPeer; now?: string } = {}) {
  const subject = { profile: 'agent', keyKind: 'rsa', now: now && fromDate(new Date(now)) } as const;
  return brokenRules(trusting(pem, peer), { ...subject, now: subject.now || undefined })
    .filter(({ pointer }) => pointer === `#/deployment/trust/${peer}/pem`)
    .map(({ detail }) => detail.replace(`trust.${peer}.pem `, ''));
}

/** The CA as the kit writes it. */
function written(pem: string): string | null | undefined {
  const deployment = checkDeployment(trusting(pem), { profile: 'agent', keyKind: 'rsa' });
  const { files } = renderKit({ deployment, certificate: certificateOf({ name: 'web-01', keyKind: 'rsa' }) });
  return files.find(({ path }) => path.endsWith('/fleet-server-ca.crt'))?.contents;
}

const block = (contents: string, label = 'CERTIFICATE') =>
  `-----BEGIN ${label}-----\n${contents}\n-----END ${label}-----\n`;

describe('the CA of a peer in PEM is refused', () => {
  test.each([
    ['nothing', '', ONLY],
    ['a path', '/etc/ca.pem', ONLY],
    ['junk', 'AAAA', ONLY],
    ['junk in a block', block('AAAA'), NO_CERTIFICATE(1)],
    ['junk after a CA', PEM.other + block('AAAA'), NO_CERTIFICATE(2)],
    ['an empty block', block(''), NO_CERTIFICATE(1)],
    ['text beside a CA', `my CA\n${PEM.other}`, ONLY],
    ['a CA without its last line', PEM.other.replace('-----END CERTIFICATE-----', ''), ONLY],
    ['a CA and a half', PEM.other + PEM.other.slice(0, 100), ONLY],
    [
      'a certificate with something behind it',
      PEM.other.replace(/\n-----END/, 'AAAA\n-----END'),
      NO_CERTIFICATE(1),
    ],
    ['a request', block('AAAA', 'CERTIFICATE REQUEST'), ONLY],
    [
      'a form of OpenSSL that programs in Go skip',
      PEM.other.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'),
      ONLY,
    ],
    ['a key', block('AAAA', 'PRIVATE KEY'), KEY],
    ['a key beside a CA', PEM.other + block('AAAA', 'EC PRIVATE KEY'), KEY],
    [
      'an encrypted key without line breaks',
      block('AAAA', 'ENCRYPTED PRIVATE KEY').replaceAll('\n', ' '),
      KEY,
    ],
    [
      'the certificate of a server',
      SERVER,
      'has the certificate "CN=es-01.example.com", which is not that of a CA: give the certificate of its CA, "CN=other", instead',
    ],
    [
      'the certificate of a server beside its CA',
      PEM.other + SERVER,
      'has the certificate "CN=es-01.example.com", which is not that of a CA: give the certificate of its CA, "CN=other", instead',
    ],
  ])('%s', (_, pem, words) => {
    expect(said(pem)).toEqual([words]);
  });

  test.each(TRUST_PEERS)('of every peer: %s', (peer) => {
    expect(said(block('AAAA'), { peer })).toEqual([NO_CERTIFICATE(1)]);
    expect(said(PEM.other, { peer })).toEqual([]);
  });

  test('no message repeats a key', () => {
    const error = refusalOf(() =>
      checkDeployment(trusting(block('c2VjcmV0', 'PRIVATE KEY')), { profile: 'agent', keyKind: 'rsa' }),
    );
    expect(JSON.stringify(error.errors) + error.message).not.toContain('c2VjcmV0');
  });
});

describe('an expired CA', () => {
  const EXPIRED =
    'has the certificate "CN=other", which expired at 2126-11-04T16:48:25.000Z: give the one that replaced it';

  test('is refused by its name', () => {
    expect(said(PEM.root + PEM.other, { now: '2126-11-04T16:48:25Z' })).toEqual([]);
    expect(said(PEM.other, { now: '2126-11-04T16:48:26Z' })).toEqual([EXPIRED]);
  });

  test('stops no renewal, which has no time to compare', () => {
    const asked = { profile: 'agent', keyKind: 'rsa', dnsNames: [], ipAddresses: [] } as const;
    const late = fromDate(new Date('2127-01-01T00:00:00Z'));
    expect(acceptDeployment(trusting(PEM.other), asked).resolved).toBeDefined();
    expect(refusalOf(() => acceptDeployment(trusting(PEM.other), asked, late)).message).toContain(EXPIRED);
  });
});

describe('the CA of a peer in PEM is written as it should have been sent', () => {
  test.each([
    ['as it is', PEM.other],
    ['with CRLF', PEM.other.replaceAll('\n', '\r\n')],
    ['with escaped line breaks', PEM.other.replaceAll('\n', '\\n')],
    ['with escaped CRLF', PEM.other.replaceAll('\n', '\\r\\n')],
    ['with blanks for line breaks', PEM.other.replaceAll('\n', ' ')],
    ['without line breaks', PEM.other.replaceAll('\n', '')],
    ['indented', PEM.other.replaceAll(/^/gm, '    ')],
    ['in one line of base64', PEM.other.replaceAll(/(?<=[^-])\n(?=[^-])/g, '')],
  ])('%s', (_, pem) => {
    expect(written(pem)).toBe(PEM.other);
  });

  test('several in their order', () => {
    expect(written((PEM.other + PEM.root).replaceAll('\n', ' '))).toBe(PEM.other + PEM.root);
  });

  test('a peer may be verified by its own self-signed certificate', () => {
    expect(written(SELF_SIGNED)).toBe(SELF_SIGNED);
  });
});
