import { createHash, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { formatToken, randomBase62, SECRET_LENGTH } from '../../shared/domain/bootstrap-token.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { type Instant, instant, plus, systemClock } from '../../shared/domain/instant.ts';
import type { Cidr } from '../../shared/domain/ip-network.ts';
import type { NamePattern } from '../../shared/domain/name-pattern.ts';
import { CA_BACKDATE_SECONDS, type Profile } from '../../shared/domain/profile.ts';
import type { RevocationUrl } from '../../shared/domain/revocation-url.ts';
import { newSerialNumber, type RandomBytes } from '../../shared/domain/serial-number.ts';
import type { TrustDomain } from '../../shared/domain/trust-domain.ts';
import { type AuthorityPlan, createAuthority } from '../../shared/issuance/create-authority.ts';
import { enroll } from '../../shared/issuance/enroll.ts';
import type { CaSigner } from '../../shared/issuance/ports.ts';
import type { CaCertificate } from '../../shared/pki/certificate.ts';
import { prepareCrossCertificate } from '../../shared/pki/prepare-cross-certificate.ts';
import { type Signed, signPrepared } from '../../shared/pki/sign-prepared.ts';
import { fakeCaSigner } from '../fakes/ca-signer.ts';
import { fakeStore } from '../fakes/store.ts';
import { makeCsr } from '../support/csr.ts';
import { sampleToken } from '../support/records.ts';
import { type Forgery, forge } from './forgery.ts';

export interface AuthorityOptions {
  readonly root: CaKeySpec;
  readonly issuer: CaKeySpec;
  /** Years that the root lives. */
  readonly rootYears: number;
  readonly nameConstraints?: NonNullable<AuthorityPlan['nameConstraints']>;
  /** Two roots of a rollover have different ones. @default - root-1 */
  readonly rootId?: string;
  /** @default - a name of CloudFront's own */
  readonly revocationUrl?: RevocationUrl;
}

/** What a host asks for. */
export interface HostRequest {
  readonly name: string;
  readonly key: KeyObject;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Shard of its revocation list, 0 to 15. @default - drawn */
  readonly crlShard?: number;
}

/** A CA whose key is in this process. */
export interface SigningCa extends CaCertificate {
  readonly id: string;
  readonly sign: (digest: Uint8Array) => Promise<Signed>;
}

/** An authority with one issuer; certificates are DER. */
export interface TestAuthority {
  readonly root: Uint8Array;
  readonly issuer: Uint8Array;
  /** The same two, for revocation lists and responders. */
  readonly cas: { readonly root: SigningCa; readonly issuer: SigningCa };
  enroll(profile: Profile, request: HostRequest): Promise<Uint8Array>;
  /** What the issuer's key signs past the service. */
  forge(forgery: Forgery): Promise<Uint8Array>;
}

const AUTHORITY = 'interop';
const TRUST_DOMAIN = 'interop.example.com' as TrustDomain;
/** A name of CloudFront's own. */
const REVOCATION_URL = 'http://d111111abcdef8.cloudfront.net' as RevocationUrl;
const ROOT_KEY = 'arn:aws:kms:eu-central-1:000000000000:key/root-1';
const ISSUER_KEY = 'arn:aws:kms:eu-central-1:000000000000:key/issuer-1';

/** Makes an authority as the service does: through its use cases, with CA keys and records in memory. */
export async function startAuthority(options: AuthorityOptions): Promise<TestAuthority> {
  const deps = dependencies(options);
  const { root, issuer } = await createAuthority(deps, planOf(options));
  const { certificate } = issuer;
  if (root.certificate === undefined || certificate === undefined)
    throw new Error('the authority has no certificates');
  return {
    root: root.certificate,
    issuer: certificate,
    cas: {
      root: signingCa({ ...root, certificate: root.certificate }, deps.signer),
      issuer: signingCa({ ...issuer, certificate }, deps.signer),
    },
    enroll: (profile, request) => enrollOnce(deps, profile, request),
    forge: (forgery) => forge({ ...issuer, certificate, signer: deps.signer }, forgery, deps.clock()),
  };
}

/** What the older root makes of the newer one, as in a rollover of roots. DER. */
export async function crossCertificate(older: TestAuthority, newer: TestAuthority): Promise<Uint8Array> {
  const { root } = older.cas;
  const now = systemClock();
  const prepared = prepareCrossCertificate({
    authority: AUTHORITY,
    subject: newer.cas.root,
    root,
    serialNumber: newSerialNumber((length) => Uint8Array.from(randomBytes(length))),
    validity: { notBefore: plus(now, -CA_BACKDATE_SECONDS), notAfter: endOf(root.certificate) },
    revocationUrl: REVOCATION_URL,
  });
  return (await signPrepared(prepared, root.sign)).der;
}

function endOf(certificate: Uint8Array): Instant {
  return instant(Date.parse(new X509Certificate(certificate).validTo) / 1000);
}

type CaRecord = CaCertificate & { readonly id: string; readonly keyArn: string };

function signingCa({ id, keyArn, keySpec, certificate }: CaRecord, signer: CaSigner): SigningCa {
  return { id, keySpec, certificate, sign: (digest) => signer.sign({ keyArn, keySpec }, digest) };
}

function planOf({
  root,
  issuer,
  rootYears,
  nameConstraints,
  rootId = 'root-1',
  revocationUrl = REVOCATION_URL,
}: AuthorityOptions): AuthorityPlan {
  return {
    authority: AUTHORITY,
    trustDomain: TRUST_DOMAIN,
    root: { id: rootId, keyArn: ROOT_KEY, keySpec: root, lifetimeSeconds: rootYears * 365 * DAY },
    issuers: [{ id: 'issuer-1', keyArn: ISSUER_KEY, keySpec: issuer, lifetimeSeconds: 5 * 365 * DAY }],
    revocationUrl,
    crlShards: 16,
    ...(nameConstraints === undefined ? {} : { nameConstraints }),
  };
}

function dependencies({ root, issuer, revocationUrl = REVOCATION_URL }: AuthorityOptions) {
  return {
    trustDomain: TRUST_DOMAIN,
    revocationUrl,
    store: fakeStore(),
    signer: fakeCaSigner({ [ROOT_KEY]: root, [ISSUER_KEY]: issuer }),
    clock: systemClock,
    random: (length: number) => Uint8Array.from(randomBytes(length)),
    pause: async () => void (await setImmediate()),
  };
}

/** A token that allows every name of the tests, used once. */
async function enrollOnce(
  deps: ReturnType<typeof dependencies>,
  profile: Profile,
  { name, key, dnsNames, ipAddresses, crlShard }: HostRequest,
): Promise<Uint8Array> {
  const secret = randomBase62(deps.random, SECRET_LENGTH);
  const token = sampleToken({
    profile: profile.name,
    secretSha256: createHash('sha256').update(secret).digest('hex'),
    names: {
      commonName: name as NamePattern,
      dns: ['*.example.com' as NamePattern],
      ip: ['192.0.2.0/24' as Cidr, '2001:db8::/32' as Cidr],
    },
    certificateLifetimeSeconds: profile.lifetimeSeconds.default,
    expiresAt: plus(deps.clock(), DAY),
  });
  await deps.store.createToken(token);
  const random = crlShard === undefined ? deps.random : inShard(deps.random, crlShard);
  const { record } = await enroll(
    { ...deps, random },
    {
      token: formatToken(token.id, secret),
      csr: makeCsr({ privateKey: key, commonName: name }).pem,
      name,
      dnsNames,
      ipAddresses,
      sourceIp: '198.51.100.7',
      requestId: randomBytes(8).toString('hex'),
      accept: () => ({ deployment: undefined }),
    },
  );
  return record.certificate;
}

/** Random octets; as many as a serial number has end with the number of a shard, which it then is in. */
function inShard(random: RandomBytes, shard: number): RandomBytes {
  return (length) => {
    const octets = random(length);
    if (length >= 18) octets.set([0, shard], length - 2);
    return octets;
  };
}
