import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CertificateContents } from '../../../shared/domain/certificate-record.ts';
import type { CommonName } from '../../../shared/domain/common-name.ts';
import type { DnsName } from '../../../shared/domain/dns-name.ts';
import type { IpAddress } from '../../../shared/domain/ip-address.ts';
import { type Cidr, parseCidr } from '../../../shared/domain/ip-network.ts';
import { type CaCertificate, nameConstraintsOf } from '../../../shared/pki/certificate.ts';
import { contextConstructed, contextPrimitive, type Der, sequence } from '../../../shared/pki/der/write.ts';
import { nameConstraints } from '../../../shared/pki/extensions.ts';
import { issue } from '../../../shared/pki/issue.ts';
import { readNameConstraints } from '../../../shared/pki/name-constraints.ts';
import { parseCertificate, validityOf } from '../../../shared/pki/parse-tbs.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { prepareIssuer } from '../../../shared/pki/prepare-issuer.ts';
import { prepareLeaf } from '../../../shared/pki/prepare-leaf.ts';
import { type MadeAuthority, makeAuthority, NOW, serial } from '../../support/ca.ts';
import { leafContents } from '../../support/leaf-contents.ts';
import { openssl } from '../../support/openssl.ts';

interface Limits {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
}

interface Names extends Limits {
  readonly cn?: string;
}

const limits = ({ dns = [], ip = [] }: Limits) => ({ permittedDns: dns, permittedIp: ip as Cidr[] });

const EXAMPLE: Limits = { dns: ['example.com'] };
const NETWORK: Limits = { ip: ['203.0.113.0/24'] };
const BOTH: Limits = { dns: ['example.com', 'svc'], ip: ['203.0.113.128/25', '2001:db8::/32'] };

interface Row extends Names {
  readonly limits: Limits;
  readonly name: string;
  /** Whether it is prepared, which no certificate is that OpenSSL refuses. */
  readonly good: boolean;
  /** Whether OpenSSL accepts it. @default - as it is prepared */
  readonly openssl?: boolean;
}

/** What becomes of a leaf with these names; the leaf holds a URI besides. */
const ROWS: readonly Row[] = [
  { name: 'the permitted name itself', limits: EXAMPLE, dns: ['example.com'], good: true },
  { name: 'a name far below', limits: EXAMPLE, dns: ['a.b.c.example.com'], good: true },
  { name: 'another name', limits: EXAMPLE, dns: ['web.example.org'], good: false },
  { name: 'a name that ends alike', limits: EXAMPLE, dns: ['badexample.com'], good: false },
  { name: 'a name above', limits: EXAMPLE, dns: ['com'], good: false },
  { name: 'a name that begins alike', limits: EXAMPLE, dns: ['example.com.evil.org'], good: false },
  { name: 'one name outside of two', limits: EXAMPLE, dns: ['a.example.com', 'b.org'], good: false },
  { name: 'an address under DNS limits', limits: EXAMPLE, ip: ['192.0.2.7', '2001:db8::1'], good: false },
  { name: 'no name but a URI', limits: EXAMPLE, good: false, openssl: true },
  { name: 'an address inside', limits: NETWORK, ip: ['203.0.113.255'], good: true },
  { name: 'an address outside', limits: NETWORK, ip: ['203.0.114.0'], good: false },
  { name: 'an address of the other family', limits: NETWORK, ip: ['2001:db8::1'], good: false },
  { name: 'IPv4 where IPv6 is permitted', limits: { ip: ['::/0'] }, ip: ['203.0.113.1'], good: false },
  { name: 'a DNS name under IP limits', limits: NETWORK, dns: ['web.example.org'], good: true },
  {
    name: 'IPv6 addresses alone under DNS limits',
    limits: EXAMPLE,
    dns: ['example.com'],
    ip: ['2001:db8::1'],
    good: false,
  },
  {
    name: 'a CN that Java takes for an address outside',
    limits: NETWORK,
    cn: '203.0.114.0',
    good: false,
    openssl: true,
  },
  {
    name: 'a CN that Java takes for an excluded address',
    limits: EXAMPLE,
    cn: '192.0.2.7',
    dns: ['example.com'],
    good: false,
    openssl: true,
  },
  {
    name: 'a CN that Java takes for 203.0.0.113',
    limits: NETWORK,
    cn: '203.0.113',
    good: false,
    openssl: true,
  },
  { name: 'a CN of numbers beside an address', limits: NETWORK, cn: '1.2', ip: ['203.0.113.9'], good: true },
  { name: 'a CN that is an address inside', limits: NETWORK, cn: '203.0.113.9', good: true },
  { name: 'a CN of one number, no address', limits: NETWORK, cn: '3405803783', good: true },
  { name: 'no address under IP limits', limits: NETWORK, good: true },
  {
    name: 'both kinds inside',
    limits: BOTH,
    dns: ['m.svc'],
    ip: ['203.0.113.128', '2001:db8::1'],
    good: true,
  },
  { name: 'the address outside of both', limits: BOTH, dns: ['m.svc'], ip: ['203.0.113.127'], good: false },
  {
    name: 'the DNS name outside of both',
    limits: BOTH,
    dns: ['m.svcs'],
    ip: ['203.0.113.200'],
    good: false,
  },
  { name: 'a CN outside', limits: EXAMPLE, cn: 'web.example.org', good: false },
  { name: 'a CN outside, with an address', limits: BOTH, cn: 'a.org', ip: ['203.0.113.128'], good: false },
  { name: 'a CN outside, in digits', limits: EXAMPLE, cn: '192.0.2.7', good: false },
  { name: 'a CN outside, with an underscore', limits: EXAMPLE, cn: 'a_b.example.org', good: false },
  { name: 'a CN outside, with hyphens', limits: EXAMPLE, cn: 'a--b.example.org', good: false },
  { name: 'a CN inside, in upper case', limits: EXAMPLE, cn: 'WEB.Example.com', good: true },
  {
    name: 'a CN outside beside a DNS name',
    limits: EXAMPLE,
    cn: 'a.org',
    dns: ['example.com'],
    good: true,
  },
  { name: 'a CN outside under IP limits', limits: NETWORK, cn: 'web.example.org', good: true },
  ...['web-01', 'web..org', 'web.org.', 'web-.org', 'web.-org', '-web.org', 'web.org-', '...'].map((cn) => ({
    name: `the CN ${cn}, which OpenSSL takes for no DNS name`,
    limits: EXAMPLE,
    cn,
    good: false,
    openssl: true,
  })),
  ...['a_b', '-', 'a-', '', '.', '7', '_'].map((label) => ({
    name: `the CN ${label}.example.com`,
    limits: EXAMPLE,
    cn: `${label}.example.com`,
    good: true,
  })),
];

describe('names under name constraints', () => {
  let directory: string;
  let made: MadeAuthority;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'constraints-'));
    made = await makeAuthority('ECC_NIST_P384', 'ECC_NIST_P256');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Another certificate of the issuer, for the same key and name: what one issues, the other could have. */
  async function limited(to: Limits): Promise<CaCertificate> {
    const prepared = prepareIssuer({
      authority: 'prod',
      issuerId: 'issuer-1',
      serialNumber: serial('b2'),
      validity: validityOf(parseCertificate(made.issuer.certificate)),
      publicKey: made.issuer.key.publicKey,
      root: made.root,
      nameConstraints: limits(to),
    });
    return { ...(await issue(prepared, made.root.key.sign)), keySpec: made.issuer.keySpec };
  }

  function contentsWith({ cn = 'web-01', dns = [], ip = [] }: Names): CertificateContents {
    return {
      ...leafContents('fleet-server'),
      name: cn as CommonName,
      dnsNames: dns as readonly DnsName[],
      ipAddresses: ip as readonly IpAddress[],
    };
  }

  /** Whether OpenSSL accepts the leaf. @throws Error where it refuses for another reason than the constraints. */
  function verifies(leaf: Uint8Array, issuer: Uint8Array): boolean {
    const path = (name: string, certificate: Uint8Array) => {
      writeFileSync(join(directory, name), toPem('CERTIFICATE', certificate));
      return join(directory, name);
    };
    const [root, above] = [path('root', made.root.certificate), path('issuer', issuer)];
    const chain = ['-CAfile', root, '-untrusted', above, '-attime', String(NOW)];
    try {
      openssl('verify', '-x509_strict', ...chain, path('leaf', leaf));
      return true;
    } catch (error) {
      if (String(error).includes('error 47 at 0 depth lookup: permitted subtree violation')) return false;
      if (String(error).includes('error 48 at 0 depth lookup: excluded subtree violation')) return false;
      throw error;
    }
  }

  test.each(ROWS)(
    '$name: prepared: $good',
    async ({ good, openssl: accepted = good, limits: to, ...names }) => {
      const issuer = await limited(to);
      const contents = contentsWith(names);
      const { certificate } = await issue(prepareLeaf(contents, made.issuer), made.issuer.key.sign);
      expect(verifies(certificate, made.issuer.certificate)).toBe(true);
      expect(verifies(certificate, issuer.certificate)).toBe(accepted);
      const prepared = () => prepareLeaf(contents, issuer);
      if (good) expect(prepared()).toMatchObject({ keySpec: 'ECC_NIST_P256' });
      else
        expect(prepared).toThrow(
          expect.objectContaining({
            code: 'internal',
            internal: expect.objectContaining({ lint: expect.stringMatching(/^permitted_names: [^;]*$/) }),
          }),
        );
    },
  );

  test('are read from the certificate of the issuer', async () => {
    expect(nameConstraintsOf((await limited(BOTH)).certificate)).toEqual(limits(BOTH));
    expect(nameConstraintsOf(made.issuer.certificate)).toBeUndefined();
  });
});

describe('the extension nameConstraints', () => {
  const dns = fc.array(fc.constantFrom('example.com', 'svc', 'a-1.b', 'xn--a.org'), { maxLength: 3 });
  const ipv4 = fc.tuple(fc.nat({ max: 32 }), fc.constant('0.0.0.0'));
  const ipv6 = fc.tuple(fc.nat({ max: 128 }), fc.constant('::'));
  const some = fc.constantFrom('203.0.113.0/24', '255.255.255.255/32', '2001:db8::/33', 'ff00::/8');
  const any = fc.oneof(ipv4, ipv6).map(([prefix, base]) => `${base}/${prefix}`);
  const ip = fc.array(fc.oneof(some, any), { maxLength: 3 });

  test('is read as it was written', () => {
    fc.assert(
      fc.property(dns, ip, (permittedDns, texts) => {
        const written = { permittedDns, permittedIp: texts.flatMap((text) => parseCidr(text) ?? []) };
        expect(readNameConstraints(nameConstraints(written))).toEqual(written);
      }),
    );
  });

  test('excludes every address where only DNS names are permitted', () => {
    const excluded = `30 0a 8708${'00'.repeat(8)} 30 22 8720${'00'.repeat(32)}`;
    const expected = `30 43 a00f 300d820b6578616d706c652e636f6d a130 ${excluded}`.replaceAll(' ', '');
    expect(Buffer.from(nameConstraints(limits(EXAMPLE))).toString('hex')).toBe(expected);
    expect(Buffer.from(nameConstraints(limits(NETWORK))).includes(0xa1)).toBe(false);
  });

  const name = (number: number, octets: string | readonly number[]) =>
    contextPrimitive(number, Buffer.from(octets as string));
  const permitted = (...subtree: readonly Der[]) => sequence(contextConstructed(0, sequence(...subtree)));

  test.each([
    { what: 'excluded subtrees', value: sequence(contextConstructed(1, sequence(name(2, 'a.org')))) },
    {
      what: 'excluded subtrees besides',
      value: sequence(
        contextConstructed(0, sequence(name(2, 'a.com'))),
        contextConstructed(1, sequence(name(2, 'b.a.com'))),
      ),
    },
    { what: 'nothing', value: sequence() },
    { what: 'DNS names without excluded addresses', value: permitted(name(2, 'a.com')) },
    {
      what: 'DNS names without excluded IPv6 addresses',
      value: sequence(
        contextConstructed(0, sequence(name(2, 'a.com'))),
        contextConstructed(1, sequence(name(7, Array(8).fill(0)))),
      ),
    },
    {
      what: 'the same in another order',
      value: sequence(
        contextConstructed(
          0,
          sequence(name(7, [192, 0, 2, 0, 255, 255, 255, 0])),
          sequence(name(2, 'a.com')),
        ),
      ),
    },
    { what: 'an e-mail domain', value: permitted(name(1, 'a.com')) },
    { what: 'a URI domain', value: permitted(name(6, 'a.com')) },
    { what: 'a directory name', value: permitted(contextConstructed(4, sequence())) },
    { what: 'a leading dot', value: permitted(name(2, '.a.com')) },
    { what: 'an empty DNS name', value: permitted(name(2, '')) },
    { what: 'a minimum', value: permitted(name(2, 'a.com'), name(0, [1])) },
    { what: 'an address without mask', value: permitted(name(7, [192, 0, 2, 0])) },
    { what: 'a mask too long', value: permitted(name(7, [192, 0, 2, 0, 255, 255, 255, 0, 0])) },
    { what: 'a mask with a gap', value: permitted(name(7, [192, 0, 0, 0, 255, 0, 255, 0])) },
    { what: 'host bits', value: permitted(name(7, [192, 0, 2, 1, 255, 255, 255, 0])) },
  ])('is not read where it says: $what', ({ value }) => {
    expect(() => readNameConstraints(value)).toThrow(TypeError);
  });
});
