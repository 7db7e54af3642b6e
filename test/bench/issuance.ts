import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { fromBER } from 'asn1js';
import { Certificate } from 'pkijs';
import { DAY } from '../../shared/domain/duration.ts';
import { plus, systemClock } from '../../shared/domain/instant.ts';
import type { KeyKind } from '../../shared/domain/key-kind.ts';
import { LEAF_BACKDATE_SECONDS, PROFILES } from '../../shared/domain/profile.ts';
import { crlShardOf } from '../../shared/domain/revocation-points.ts';
import { newSerialNumber } from '../../shared/domain/serial-number.ts';
import type { TrustDomain } from '../../shared/domain/trust-domain.ts';
import { createAuthority } from '../../shared/issuance/create-authority.ts';
import { checkRequestedExtensions } from '../../shared/pki/check-requested-extensions.ts';
import { decodeCsr } from '../../shared/pki/csr.ts';
import { issue } from '../../shared/pki/issue.ts';
import { prepareLeaf } from '../../shared/pki/prepare-leaf.ts';
import { verifyCsr } from '../../shared/pki/verify-csr.ts';
import { fakeCaSigner } from '../fakes/ca-signer.ts';
import { fakeStore } from '../fakes/store.ts';
import { REVOCATION_URL } from '../support/ca.ts';
import { makeCsr } from '../support/csr.ts';
import { commonName } from '../support/records.ts';
import { type Figure, median } from './figures.ts';

const ROUNDS = 15;
const PER_ROUND = 40;

/**
 * CPU (user and system) of one issuance without KMS and DynamoDB: the CSR decoded and verified, the certificate built,
 * linted, read by the second parser, assembled and verified. Compared with work of the same kind in the same process
 * ({@link reference}); rounds of both alternate, so that a machine that slows down slows both. One RSA-3072 signature is
 * printed beside them, though processors differ in it: it is what the CA's key would take on this machine.
 */
export async function issuanceFigures(): Promise<readonly Figure[]> {
  const work = {
    rsa: await issuanceOf('rsa'),
    p256: await issuanceOf('p256'),
    reference: reference(),
    signature: rsaSignature(),
  };
  const spent: Record<keyof typeof work, number[]> = { rsa: [], p256: [], reference: [], signature: [] };
  for (let round = -2; round < ROUNDS; round++) {
    for (const name of ['rsa', 'p256', 'reference', 'signature'] as const) {
      const cpu = await cpuOf(work[name]);
      if (round >= 0) spent[name].push(cpu);
    }
  }
  const cpu = (name: keyof typeof work) => median(spent[name]);
  const ratio = (name: string, kind: 'rsa' | 'p256'): Figure => ({
    name: `CPU per issuance, ${name} CSR / the same libraries on a fixed certificate`,
    value: cpu(kind) / cpu('reference'),
    unit: 'ratio',
  });
  return [
    ratio('RSA-2048', 'rsa'),
    ratio('P-256', 'p256'),
    { name: 'CPU per issuance, RSA-2048 CSR', value: cpu('rsa'), unit: 'ms' },
    { name: 'CPU per issuance, P-256 CSR', value: cpu('p256'), unit: 'ms' },
    { name: 'CPU of the same libraries on a fixed certificate', value: cpu('reference'), unit: 'ms' },
    { name: 'CPU of one RSA-3072 signature', value: cpu('signature'), unit: 'ms' },
  ];
}

/** Milliseconds of CPU per call. */
async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < PER_ROUND; i++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / PER_ROUND;
}

const ROOT_KEY = 'arn:aws:kms:eu-central-1:000000000000:key/root-1';
const ISSUER_KEY = 'arn:aws:kms:eu-central-1:000000000000:key/issuer-1';

/**
 * An issuance whose CA signature was made before: the same contents give the same bytes to sign, so what is measured is
 * everything but the signature.
 */
async function issuanceOf(keyKind: KeyKind): Promise<() => Promise<unknown>> {
  const random = (length: number) => Uint8Array.from(randomBytes(length));
  const signer = fakeCaSigner({ [ROOT_KEY]: 'RSA_4096', [ISSUER_KEY]: 'RSA_3072' });
  const { root, issuer } = await createAuthority(
    { store: fakeStore(), signer, clock: systemClock, random },
    {
      authority: 'bench',
      trustDomain: 'bench' as TrustDomain,
      root: { id: 'root-1', keyArn: ROOT_KEY, keySpec: 'RSA_4096', lifetimeSeconds: 7305 * DAY },
      issuers: [{ id: 'issuer-1', keyArn: ISSUER_KEY, keySpec: 'RSA_3072', lifetimeSeconds: 1826 * DAY }],
      revocationUrl: REVOCATION_URL,
      crlShards: 16,
    },
  );
  const { certificate } = issuer;
  if (certificate === undefined) throw new Error('the issuer has no certificate');
  const caKeySha256 = [await sha256OfKey(signer, root.keyArn), await sha256OfKey(signer, issuer.keyArn)];
  const { pem } = makeCsr({ kind: keyKind, commonName: 'web-01' });
  const now = systemClock();
  const serialNumber = newSerialNumber(random);
  const fixed = {
    serialNumber,
    issuerId: issuer.id,
    trustDomain: 'bench' as TrustDomain,
    profile: 'agent',
    name: commonName('web-01'),
    dnsNames: [],
    ipAddresses: [],
    validity: { notBefore: plus(now, -LEAF_BACKDATE_SECONDS), notAfter: plus(now, 30 * DAY) },
    revocationUrl: REVOCATION_URL,
    crlShard: crlShardOf(serialNumber, issuer.crlShards),
  } as const;
  const prepared = (csr: ReturnType<typeof decodeCsr>) =>
    prepareLeaf({ ...fixed, keyKind: csr.keyKind, publicKey: csr.publicKey }, { ...issuer, certificate });
  const { signature } = await issue(prepared(decodeCsr(pem)), (digest) => signer.sign(issuer, digest));
  return () => {
    const csr = decodeCsr(pem);
    verifyCsr(csr, { caKeySha256 });
    checkRequestedExtensions(csr, PROFILES.agent);
    return issue(prepared(csr), async () => ({ signature }));
  };
}

async function sha256OfKey(signer: ReturnType<typeof fakeCaSigner>, keyArn: string): Promise<string> {
  return createHash('sha256')
    .update(await signer.publicKey(keyArn))
    .digest('hex');
}

/**
 * What the figures are compared with: a fixed certificate (the first that Node ships) parsed, built from its parts and
 * encoded, by pkijs and asn1js.
 */
function reference(): () => unknown {
  const [pem = ''] = rootCertificates;
  const der = new X509Certificate(pem).raw;
  return () => {
    const certificate = new Certificate({ schema: fromBER(der).result });
    return certificate.toSchema(true).toBER();
  };
}

/** One RSA-3072 signature over as many bytes as a certificate has. */
function rsaSignature(): () => unknown {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const bytes = randomBytes(900);
  return () => sign('sha256', bytes, privateKey);
}
