import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import type { NameConstraints } from '../../../shared/domain/name-constraints.ts';
import { certificatePem } from '../../../shared/issuance/certificate-pem.ts';
import { servedBundle } from '../../../shared/issuance/trust-bundle.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { type CertifyOptions, CompanyCa } from '../../support/company-ca.ts';
import { oldRoot } from '../../support/old-roots.ts';
import { sampleRecord } from '../../support/records.ts';
import { DIRECTORY, ExternalWorld, externalRoot, POLICY_CA, ROOT } from './external-world.ts';
import { ADMIN, IssuerWorld, slot } from './issuer-world.ts';

let world: ExternalWorld;
let csr: string;
beforeAll(async () => {
  world = await ExternalWorld.create();
  csr = await world.csr();
});

const BY_ISSUER = '"CN=fleetseal test issuer-1"';
const refusal = (pointer: string, detail: unknown) => ({
  code: 'issuer_refused',
  errors: expect.arrayContaining([{ pointer, detail }]),
});

describe('the certificate of an issuer by an external root', () => {
  test('makes it READY, with what the certificate says', async () => {
    const fresh = await ExternalWorld.create();
    const certificate = ROOT.certify(await fresh.csr());
    const { issuer, installed, warnings } = await fresh.install({ certificate });
    const x509 = new X509Certificate(certificate);
    expect({ installed, warnings }).toEqual({ installed: true, warnings: [] });
    expect(issuer).toMatchObject({
      state: 'READY',
      rootId: 'root-1',
      serialNumber: x509.serialNumber.toLowerCase(),
      validity: {
        notBefore: x509.validFromDate.getTime() / 1000,
        notAfter: x509.validToDate.getTime() / 1000,
      },
      certificate: new Uint8Array(x509.raw),
      chain: [],
    });
    expect(issuer.changes?.at(-1)).toEqual({ to: 'READY', at: fresh.now, by: ADMIN });
  });

  test('again changes nothing, in whatever state it is', async () => {
    const fresh = await ExternalWorld.create();
    const certificate = ROOT.certify(await fresh.csr());
    const first = await fresh.install({ certificate });
    expect(await fresh.install({ certificate: certificate.trimEnd() })).toEqual({
      ...first,
      installed: false,
    });
    await fresh.change('issuer-1', 'activate');
    const { issuer, installed } = await fresh.install({ certificate });
    expect([issuer.state, installed]).toEqual(['ACTIVE', false]);
  });

  test('comes with the CAs between it and the root, and chains carry them', async () => {
    const fresh = await ExternalWorld.create();
    const certificate = POLICY_CA.certify(await fresh.csr());
    const { issuer } = await fresh.install({ certificate, chain: [POLICY_CA.pem] });
    const anchors = await fresh.store.readAuthority();
    const record = { ...sampleRecord(), certificate: Uint8Array.of(48, 0) };
    const files = certificatePem({ record, issuer, roots: anchors.roots, bundle: servedBundle(anchors) });
    expect(files.chainPem).toEqual([certificate, POLICY_CA.pem]);
    expect(files.caBundlePem).toBe(ROOT.pem);
  });

  test('replaces another one until the issuer is activated, and not after that', async () => {
    const fresh = await ExternalWorld.create();
    await fresh.certified();
    const again = ROOT.certify(await fresh.csr(), { days: 2000 });
    const { issuer, installed } = await fresh.install({ certificate: again });
    expect([installed, issuer.state]).toEqual([true, 'READY']);
    expect(issuer.certificate).toEqual(new Uint8Array(new X509Certificate(again).raw));
    await expect(
      fresh.install({ certificate: ROOT.certify(await fresh.csr(), { subject: '/CN=Other' }) }),
    ).rejects.toMatchObject(
      refusal(
        '#/certificate',
        '"CN=Other" must have the subject of the certificate that issuer-1 has, since its revocation lists are published under that name: have it issued with that subject.',
      ),
    );
    await fresh.change('issuer-1', 'activate');
    await expect(fresh.install({ certificate: ROOT.certify(await fresh.csr()) })).rejects.toMatchObject({
      code: 'state_conflict',
      message:
        'issuer-1 is ACTIVE and keeps its certificate, since hosts have certificates of it. POST /v1/issuers makes the next issuer.',
    });
  });

  test.each(
    (['readAuthority', 'readSlots', 'installCertificate'] as const satisfies StoreMethod[]).flatMap(
      (method) => (['before', 'after'] as const).map((when) => ({ method, when })),
    ),
  )('cut off $when $method, is installed by the next request', async ({ method, when }) => {
    const fresh = await ExternalWorld.create();
    const certificate = ROOT.certify(await fresh.csr());
    fresh.store.failNext(method, { error: new Error('killed'), when });
    await expect(fresh.install({ certificate })).rejects.toThrow('killed');
    const { issuer, installed } = await fresh.install({ certificate });
    expect(issuer.state).toBe('READY');
    expect(installed).toBe(!(method === 'installCertificate' && when === 'after'));
    expect(issuer.changes?.map(({ to }) => to)).toEqual(['PENDING', 'READY']);
  });

  test('of two at once, the last one is there, and each was READY', async () => {
    const fresh = await ExternalWorld.create();
    const [a, b] = [ROOT.certify(await fresh.csr()), ROOT.certify(await fresh.csr(), { days: 1900 })];
    const outcomes = await Promise.all([a, b].map((certificate) => fresh.install({ certificate })));
    expect(outcomes.map(({ installed }) => installed)).toEqual([true, true]);
    expect((await fresh.issuer('issuer-1')).changes?.map(({ to }) => to)).toEqual([
      'PENDING',
      'READY',
      'READY',
    ]);
  });

  test('warns of names that the settings would permit, and where no revocation data is named', async () => {
    const limited = await ExternalWorld.create();
    const { warnings } = await limited.certified('issuer-1', {
      extensions: {
        nameConstraints:
          'critical, permitted;DNS:example.com, excluded;IP:0.0.0.0/0.0.0.0, excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0',
        crlDistributionPoints: undefined,
      },
    });
    expect(warnings).toEqual([
      'Its name constraints (example.com) are not those of the setting nameConstraints (any name). Certificates for names that it does not permit are refused, whatever their tokens allow.',
      'It has no address of revocation data (CRL distribution point, OCSP), so verifiers cannot learn from it that your CA revoked it.',
    ]);
  });
});

describe('the setting nameConstraints', () => {
  const limited = (nameConstraints: NameConstraints) =>
    ExternalWorld.create([{ ...slot(1), nameConstraints }]);
  const EXCLUDED = 'excluded;IP:0.0.0.0/0.0.0.0, excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0';
  const LIMITS = { permittedDns: ['example.com'], permittedIp: [] };

  test.each([
    { name: 'none', constraints: undefined, permits: 'any name' },
    {
      name: 'a wider one',
      constraints: `critical, permitted;DNS:com, ${EXCLUDED}`,
      permits: 'com',
    },
    {
      name: 'another one besides',
      constraints: `critical, permitted;DNS:example.com, permitted;DNS:example.org, ${EXCLUDED}`,
      permits: 'example.com, example.org',
    },
    {
      name: 'addresses besides',
      constraints: 'critical, permitted;DNS:example.com, permitted;IP:203.0.113.0/255.255.255.0',
      permits: '203.0.113.0/24, example.com',
    },
  ])('refuses a certificate that permits more: $name', async ({ constraints, permits }) => {
    const fresh = await limited(LIMITS);
    await expect(
      fresh.certified('issuer-1', { extensions: { nameConstraints: constraints } }),
    ).rejects.toMatchObject(
      refusal(
        '#/certificate',
        `${BY_ISSUER} must have name constraints that permit no more than the setting nameConstraints (example.com), but permits more (${permits}): have it issued with those of the CSR.`,
      ),
    );
    expect((await fresh.issuer('issuer-1')).state).toBe('PENDING');
  });

  test('takes the same limits, and warns of narrower ones', async () => {
    const same = await limited(LIMITS);
    const { warnings } = await same.certified('issuer-1', {
      extensions: { nameConstraints: `critical, permitted;DNS:example.com, ${EXCLUDED}` },
    });
    expect(warnings).toEqual([]);
    const narrower = await limited(LIMITS);
    const outcome = await narrower.certified('issuer-1', {
      extensions: { nameConstraints: `critical, permitted;DNS:a.example.com, ${EXCLUDED}` },
    });
    expect(outcome.warnings).toEqual([
      'Its name constraints (a.example.com) are not those of the setting nameConstraints (example.com). Certificates for names that it does not permit are refused, whatever their tokens allow.',
    ]);
  });
});

describe('a certificate is refused', () => {
  const CASES: readonly {
    readonly name: string;
    readonly options?: CertifyOptions;
    readonly says: string | RegExp;
  }[] = [
    {
      name: 'that is not a CA',
      options: { extensions: { basicConstraints: 'CA:FALSE', keyUsage: 'digitalSignature' } },
      says: 'must be the certificate of a CA (basicConstraints CA:TRUE): have it issued again as a subordinate CA.',
    },
    {
      name: 'that could certify CAs',
      options: { extensions: { basicConstraints: 'critical, CA:TRUE' } },
      says: 'must have pathLenConstraint 0 in its basicConstraints, so that its key can make no CA: have it issued again with that, as in the CSR.',
    },
    {
      name: 'that lets more CAs follow',
      options: { extensions: { basicConstraints: 'critical, CA:TRUE, pathlen:1' } },
      says: 'must have pathLenConstraint 0 in its basicConstraints, so that its key can make no CA: have it issued again with that, as in the CSR.',
    },
    {
      name: 'that may not sign certificates',
      options: { extensions: { keyUsage: 'critical, cRLSign' } },
      says: 'must have the key usage keyCertSign: have it issued again as a subordinate CA.',
    },
    {
      name: 'that may not sign lists',
      options: { extensions: { keyUsage: 'critical, keyCertSign' } },
      says: 'must have the key usage cRLSign, since it signs revocation lists: have it issued again with that.',
    },
    {
      name: 'without key identifiers',
      options: { extensions: { subjectKeyIdentifier: 'none', authorityKeyIdentifier: 'none' } },
      says: 'must have the extension subjectKeyIdentifier and authorityKeyIdentifier, by which verifiers find it: have it issued again with that.',
    },
    {
      name: 'that ends too soon',
      options: { days: 396 },
      says: /^"CN=fleetseal test issuer-1" must be valid for at least 397 days from now \(the longest life of a certificate that it issues\), until [^ ]+, but ends at [^ ]+: have it issued for longer, some years are usual\.$/,
    },
    {
      name: 'that outlives its root',
      options: { days: 7400 },
      says: /^"CN=fleetseal test issuer-1" ends at [^ ]+, after "O=Acme, CN=Acme Root", which ends at [^ ]+: have it issued until then at most\.$/,
    },
    {
      name: 'for another purpose',
      options: { extensions: { extendedKeyUsage: 'serverAuth' } },
      says: 'must have no extended key usage, or one with both clientAuth and serverAuth: have it issued again with that.',
    },
    {
      name: 'with an unknown critical extension',
      options: { extensions: { '1.2.3.4': 'critical, ASN1:NULL' } },
      says: 'must have no critical extension that verifiers may not know, but has 1.2.3.4: have it issued again without.',
    },
    {
      name: 'with constraints of another form',
      options: { extensions: { nameConstraints: 'critical, permitted;URI:.example.com' } },
      says: 'has name constraints of a form that this service does not keep to, so that verifiers could refuse what it issues: have it issued without, or as the setting nameConstraints writes them (permitted DNS names and networks; where DNS names alone are permitted, all addresses excluded, as in the CSR).',
    },
    {
      name: 'signed with SHA-1',
      options: { more: ['-sha1'] },
      says: 'must be signed with RSA (PKCS #1 v1.5) or ECDSA, and SHA-256, SHA-384 or SHA-512: have it issued again with such a signature.',
    },
    {
      name: 'with a serial number of 21 octets',
      options: { more: ['-set_serial', `0x7f${'ab'.repeat(20)}`] },
      says: 'must have a positive serial number of 20 octets at most (RFC 5280 section 4.1.2.2): have it issued again with such a number.',
    },
    {
      name: 'with a negative serial number',
      options: { more: ['-set_serial', '-5'] },
      says: 'must have a positive serial number of 20 octets at most (RFC 5280 section 4.1.2.2): have it issued again with such a number.',
    },
    {
      name: 'with the subject of its root',
      options: { subject: '/O=Acme/CN=Acme Root' },
      says: '"O=Acme, CN=Acme Root" must have a subject of its own, unlike that of any other issuer and CA: have it issued with the subject of the CSR.',
    },
  ];

  test.each(CASES)('$name', async ({ options, says }) => {
    const about = typeof says === 'string' && !says.startsWith('"') ? `${BY_ISSUER} ${says}` : says;
    await expect(world.install({ certificate: ROOT.certify(csr, options) })).rejects.toMatchObject(
      refusal('#/certificate', about instanceof RegExp ? expect.stringMatching(about) : about),
    );
    expect((await world.issuer('issuer-1')).state).toBe('PENDING');
  });

  test('of another key', async () => {
    const other = await ExternalWorld.create();
    await expect(world.install({ certificate: ROOT.certify(await other.csr()) })).rejects.toMatchObject(
      refusal(
        '#/certificate',
        `${BY_ISSUER} must have the key of the CSR, but has another: have this CSR certified, not another one.`,
      ),
    );
  });

  test('with the subject of another issuer', async () => {
    const fresh = await ExternalWorld.create();
    await fresh.certified('issuer-1', { subject: '/CN=Issuing CA' });
    await expect(fresh.certified('issuer-2', { subject: '/CN=Issuing CA' })).rejects.toMatchObject(
      refusal(
        '#/certificate',
        '"CN=Issuing CA" must have a subject of its own, unlike that of any other issuer and CA: have it issued with the subject of the CSR.',
      ),
    );
  });

  test.each([
    {
      name: 'by a CA that is not the root',
      ca: () => POLICY_CA,
      chain: [],
      pointer: '#/certificate',
      says: `${BY_ISSUER} was issued by "O=Acme, CN=Acme Policy CA", which is not root-1, "O=Acme, CN=Acme Root": give the CAs between it and the root as chain, from the one that issued it upwards.`,
    },
    {
      name: 'with the root in the chain',
      ca: () => ROOT,
      chain: [ROOT.pem],
      pointer: '#/chain/0',
      says: '"O=Acme, CN=Acme Root" is the root, which every verifier has: leave it out of the chain.',
    },
    {
      name: 'below a CA that has no room for it',
      ca: () =>
        new CompanyCa(join(DIRECTORY, 'narrow'), 'Narrow', {
          above: ROOT,
          days: 3650,
          extensions: { basicConstraints: 'critical, CA:TRUE, pathlen:0' },
        }),
      pointer: '#/chain/0',
      says: '"O=Acme, CN=Narrow" lets at most 0 CAs follow (pathLenConstraint), and 1 does: use a CA with room for them.',
    },
    {
      name: 'below a CA with name constraints that it does not have',
      ca: () =>
        new CompanyCa(join(DIRECTORY, 'limited'), 'Limited', {
          above: ROOT,
          days: 3650,
          extensions: { nameConstraints: 'critical, permitted;IP:203.0.113.0/255.255.255.0' },
        }),
      pointer: '#/certificate',
      says: `${BY_ISSUER} must have name constraints of its own that permit no more than those of "O=Acme, CN=Limited" above it: have it issued with these, or use a CA without.`,
    },
    {
      name: 'below a CA with an Ed25519 key',
      ca: () =>
        new CompanyCa(join(DIRECTORY, 'ed25519'), 'Edwards', {
          above: ROOT,
          days: 3650,
          key: ['-newkey', 'ed25519'],
        }),
      pointer: '#/chain/0',
      says: '"O=Acme, CN=Edwards" must have an RSA key of 2,048 to 8,192 bits, or an elliptic one on P-256, P-384 or P-521: use a CA with such a key.',
    },
  ])('$name', async ({ ca, pointer, says, ...given }) => {
    const signer = ca();
    const chain = given.chain ?? [signer.pem];
    await expect(world.install({ certificate: signer.certify(csr), chain })).rejects.toMatchObject(
      refusal(pointer, says),
    );
  });

  test('signed by a key that only bears the name of the root', async () => {
    const impostor = new CompanyCa(join(DIRECTORY, 'impostor'), 'Acme Root');
    const certificate = impostor.certify(csr, { extensions: { authorityKeyIdentifier: 'issuer:always' } });
    await expect(world.install({ certificate })).rejects.toMatchObject({ code: 'issuer_refused' });
    expect((await world.issuer('issuer-1')).state).toBe('PENDING');
  });

  test.each([
    {
      name: 'that is no PEM',
      certificate: 'issuer.crt',
      says: 'The certificate must be one certificate in PEM with line ends "\\n".',
    },
    {
      name: 'in a file of several',
      certificate: ROOT.pem + POLICY_CA.pem,
      says: 'The certificate must be one certificate in PEM with line ends "\\n".',
    },
  ])('$name', async ({ certificate, says }) => {
    await expect(world.install({ certificate })).rejects.toMatchObject(refusal('#/certificate', says));
  });

  test('at the end of a path with more CAs than its root lets follow', async () => {
    const root = new CompanyCa(join(DIRECTORY, 'short-root'), 'Short Root', {
      extensions: { basicConstraints: 'critical, CA:TRUE, pathlen:1' },
    });
    const between = new CompanyCa(join(DIRECTORY, 'between'), 'Between', { above: root, days: 3650 });
    const fresh = await ExternalWorld.create([slot(1)], externalRoot(root));
    const request = await fresh.csr();
    await expect(
      fresh.install({ certificate: between.certify(request), chain: [between.pem] }),
    ).rejects.toMatchObject(
      refusal(
        '#/chain',
        'root-1, "O=Acme, CN=Short Root" lets at most 1 CAs follow (pathLenConstraint), and 2 do: have the issuer certified by a CA that is nearer to the root.',
      ),
    );
    expect((await fresh.install({ certificate: root.certify(request) })).issuer.state).toBe('READY');
  });

  test('that is not valid yet, or no more', async () => {
    const fresh = await ExternalWorld.create();
    const certificate = ROOT.certify(await fresh.csr());
    const { notBefore } = { notBefore: new X509Certificate(certificate).validFromDate.getTime() / 1000 };
    fresh.now = (notBefore - 3600) as typeof fresh.now;
    await expect(fresh.install({ certificate })).rejects.toThrow('but is not valid before');
    fresh.now = (notBefore + 1826 * DAY) as typeof fresh.now;
    await expect(fresh.install({ certificate })).rejects.toThrow('must be valid, but expired at');
  });
});

describe('no certificate is installed', () => {
  test('for an issuer that nobody asked for', async () => {
    await expect(world.install({ id: 'issuer-9', certificate: oldRoot('x') })).rejects.toMatchObject({
      code: 'not_found',
      message:
        'There is no issuer "issuer-9". POST /v1/issuers makes the next one, with the CSR to be certified.',
    });
  });

  test.each(['PENDING', 'READY'] as const)('for an issuer that was compromised while %s', async (state) => {
    const fresh = await ExternalWorld.create();
    const certificate = ROOT.certify(await fresh.csr());
    if (state === 'READY') await fresh.install({ certificate });
    await fresh.change('issuer-1', 'compromise');
    const another = ROOT.certify(await fresh.csr('issuer-2'));
    await expect(fresh.install({ certificate: another })).rejects.toMatchObject({
      code: 'state_conflict',
      message:
        'issuer-1 is COMPROMISED and issues nothing again, so no certificate is installed. POST /v1/issuers makes the next issuer.',
    });
  });

  test('where the root is in KMS', async () => {
    const kms = await IssuerWorld.create();
    const install = ExternalWorld.prototype.install.bind(kms as unknown as ExternalWorld);
    await expect(install({ certificate: oldRoot('x') })).rejects.toMatchObject({
      code: 'state_conflict',
      message:
        'root-1 has its key in KMS and certifies the issuers by itself, so no certificate is installed. POST /v1/issuers has it certify the next one.',
    });
  });

  test('below a root that is not active', async () => {
    const fresh = await ExternalWorld.create([slot(1)]);
    const next = new CompanyCa(join(DIRECTORY, 'next'), 'Acme Root 2');
    await fresh.store.reserveRoot(
      externalRoot(next, { id: 'root-2', state: 'TRUSTED', predecessorId: 'root-1' }),
    );
    await expect(fresh.install({ certificate: next.certify(await fresh.csr()) })).rejects.toThrow(
      'which is not root-1, "O=Acme, CN=Acme Root"',
    );
  });
});

describe('an issuer that a CA outside revokes', () => {
  test('has no deadline here, and goes on signing its lists', async () => {
    const fresh = await ExternalWorld.create();
    await fresh.certified();
    await fresh.change('issuer-1', 'activate');
    await expect(fresh.change('issuer-1', 'compromise', { revokeAt: fresh.now })).rejects.toMatchObject({
      code: 'state_conflict',
      message:
        'issuer-1 is certified by the CA of an external root, which alone can revoke it. Leave revokeAt out, and have that CA revoke it.',
    });
    const { issuer } = await fresh.change('issuer-1', 'compromise');
    expect([issuer.state, issuer.compromisedAt, issuer.revokeAt]).toEqual([
      'COMPROMISED',
      fresh.now,
      undefined,
    ]);
  });
});
