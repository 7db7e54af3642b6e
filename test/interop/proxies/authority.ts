import { createHash, randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Issuer, Root } from '../../../shared/domain/authority.ts';
import { formatToken, randomBase62, SECRET_LENGTH } from '../../../shared/domain/bootstrap-token.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { type Instant, instant, plus, systemClock } from '../../../shared/domain/instant.ts';
import type { NamePattern } from '../../../shared/domain/name-pattern.ts';
import type { ProfileName } from '../../../shared/domain/profile.ts';
import type { SerialNumber } from '../../../shared/domain/serial-number.ts';
import { createAuthority } from '../../../shared/issuance/create-authority.ts';
import { enroll } from '../../../shared/issuance/enroll.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { fakeCaSigner } from '../../fakes/ca-signer.ts';
import { fakeStore } from '../../fakes/store.ts';
import { makeCsr } from '../../support/csr.ts';
import { sampleToken } from '../../support/records.ts';
import { makeCrl } from './crl.ts';

/** What a TLS client or server shows. PEM. */
export interface Identity {
  readonly serial: SerialNumber;
  readonly certificate: string;
  readonly issuers: string;
  readonly key: string;
}

export interface TestAuthority {
  /** PEM. */
  readonly root: string;
  /** @param daysAgo - when it is issued; it lives for 30 days. @default 0 */
  readonly issue: (profile: ProfileName, dnsNames?: readonly string[], daysAgo?: number) => Promise<Identity>;
  /** The lists of the issuer and of the root, PEM. @param age - days since they were made, for a day. @default 0 */
  readonly lists: (revoked: readonly SerialNumber[], age?: number) => Promise<string>;
}

const KEYS = { 'arn:root': 'RSA_4096', 'arn:issuer': 'RSA_3072' } as const;

/** An authority of 60 days ago, with the service's use cases, and CA keys and records in memory. */
export async function testAuthority(name: string): Promise<TestAuthority> {
  let lag = 60 * DAY;
  const clock = (): Instant => instant(systemClock() - lag);
  const signer = fakeCaSigner(KEYS);
  const deps = {
    authority: name,
    store: fakeStore(),
    signer,
    clock,
    random: (length: number) => Uint8Array.from(randomBytes(length)),
    pause: async () => void (await setImmediate()),
  };
  const { root, issuer } = await createAuthority(deps, {
    authority: name,
    root: { id: 'root-1', keyArn: 'arn:root', keySpec: 'RSA_4096', lifetime: 7300 * DAY },
    issuers: [{ id: 'issuer-1', keyArn: 'arn:issuer', keySpec: 'RSA_3072', lifetime: 1825 * DAY }],
  });
  let count = 0;

  const list = (ca: Issuer | Root, revoked: readonly SerialNumber[], thisUpdate: Instant) =>
    makeCrl({
      ca: certificateOf(ca),
      keySpec: ca.keySpec,
      sign: (digest) => signer.sign(ca, digest),
      revoked,
      thisUpdate,
      nextUpdate: plus(thisUpdate, DAY),
    });

  return {
    root: toPem('CERTIFICATE', certificateOf(root)),
    issue: async (profile, dnsNames = [], daysAgo = 0) => {
      lag = daysAgo * DAY;
      const secret = randomBase62(deps.random, SECRET_LENGTH);
      const token = sampleToken({
        profile,
        secretSha256: createHash('sha256').update(secret).digest('hex'),
        names: { commonName: 'host-*' as NamePattern, dns: dnsNames as readonly NamePattern[], ip: [] },
        certificateLifetime: 30 * DAY,
        createdAt: clock(),
        expiresAt: plus(clock(), DAY),
      });
      await deps.store.createToken(token);
      const csr = makeCsr({ kind: 'p256' });
      const { record } = await enroll(deps, {
        token: formatToken(token.id, secret),
        csr: csr.pem,
        name: `host-${++count}`,
        dnsNames,
        ipAddresses: [],
        sourceIp: '198.51.100.7',
        requestId: `${count}`,
      });
      return {
        serial: record.serialNumber,
        certificate: toPem('CERTIFICATE', record.certificate),
        issuers: toPem('CERTIFICATE', certificateOf(issuer)),
        key: csr.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
    lists: async (revoked, age = 0) => {
      const made = instant(systemClock() - 60 - age * DAY);
      return (await list(issuer, revoked, made)) + (await list(root, [], made));
    },
  };
}

function certificateOf({ certificate }: Issuer | Root): Uint8Array {
  if (certificate === undefined) throw new Error('the authority has no certificates');
  return certificate;
}
