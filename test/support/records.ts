import { createHash, randomBytes } from 'node:crypto';
import type { AdditionalRoot } from '../../shared/domain/additional-root.ts';
import type { DraftedIssuer, KmsRoot } from '../../shared/domain/authority.ts';
import type { BootstrapToken } from '../../shared/domain/bootstrap-token.ts';
import { randomBase62, TOKEN_ID_LENGTH } from '../../shared/domain/bootstrap-token.ts';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import type { CommonName } from '../../shared/domain/common-name.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { type Instant, instant, plus } from '../../shared/domain/instant.ts';
import type { NamePattern } from '../../shared/domain/name-pattern.ts';
import { claimName, type NameRecord } from '../../shared/domain/name-record.ts';
import type { Revocation } from '../../shared/domain/revocation.ts';
import { newSerialNumber, type SerialNumber } from '../../shared/domain/serial-number.ts';
import type { IssuerSlot, RootSlot } from '../../shared/domain/slot.ts';
import type { TrustDomain } from '../../shared/domain/trust-domain.ts';
import type { Reservation } from '../../shared/issuance/ports.ts';
import { REVOCATION_URL } from './ca.ts';

/*
 * Sample records, complete and consistent; each takes what a test wants to be different. Ids, serial numbers and keys
 * are drawn anew on every call, so that tests share a table without meeting.
 */

/** 2026-11-23T06:00:00Z. */
export const NOW: Instant = instant(1_795_413_600);

export function sha256Hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

export function serialNumber(): SerialNumber {
  return newSerialNumber((length) => Uint8Array.from(randomBytes(length)));
}

export function commonName(text = `host-${randomBytes(6).toString('hex')}`): CommonName {
  return text as CommonName;
}

export function sampleToken(changes: Partial<BootstrapToken> = {}): BootstrapToken {
  return {
    id: randomBase62((length) => randomBytes(length), TOKEN_ID_LENGTH),
    secretSha256: sha256Hex(randomBytes(32)),
    profile: 'agent',
    names: { commonName: 'host-*' as NamePattern, dns: ['*.example.com' as NamePattern], ip: [] },
    certificateLifetimeSeconds: 30 * DAY,
    maxUses: 1,
    expiresAt: plus(NOW, DAY),
    onExistingName: 'refuse',
    exclusiveDns: false,
    bind: { sourceCidr: [] },
    description: 'web tier, rack 4',
    createdAt: NOW,
    createdBy: 'arn:aws:iam::111122223333:role/token-issuer',
    ...changes,
  };
}

/** That an administrator added; its certificate is none that can be read. */
export function sampleAdditionalRoot(changes: Partial<AdditionalRoot> = {}): AdditionalRoot {
  const certificate = changes.certificate ?? Uint8Array.from(randomBytes(300));
  return {
    sha256: sha256Hex(certificate),
    subject: 'O=Acme, CN=Old CA',
    validity: { notBefore: plus(NOW, -DAY), notAfter: plus(NOW, 365 * DAY) },
    certificate,
    addedAt: NOW,
    addedBy: 'arn:aws:iam::111122223333:role/ca-admin',
    inSettings: false,
    ...changes,
  };
}

/** RESERVED, on a random key, lease of `worker-1` for 30 seconds from its `reservedAt`. */
export function sampleRecord(changes: Partial<CertificateRecord> = {}): CertificateRecord {
  const publicKey = changes.publicKey ?? Uint8Array.from(randomBytes(91));
  const reservedAt = changes.reservedAt ?? NOW;
  return {
    serialNumber: serialNumber(),
    issuerId: 'issuer-1',
    trustDomain: 'test' as TrustDomain,
    profile: 'agent',
    name: commonName(),
    dnsNames: [],
    ipAddresses: [],
    validity: { notBefore: plus(reservedAt, -300), notAfter: plus(reservedAt, 30 * DAY) },
    keyKind: 'p256',
    publicKey,
    state: 'RESERVED',
    publicKeySha256: sha256Hex(publicKey),
    tbsSha256: sha256Hex(randomBytes(32)),
    tokenId: 'A1b2C3d4E5f6G7h8',
    useSlot: 0,
    exclusiveDns: false,
    sourceIp: '198.51.100.7',
    requestId: '7b1f6a3c-1111-4222-8333-444455556666',
    reservedAt,
    lease: { owner: 'worker-1', until: plus(reservedAt, 30) },
    attempts: [],
    ...changes,
  };
}

export function sampleRevocation(changes: Partial<Revocation> = {}): Revocation {
  return {
    revokedAt: NOW,
    reason: 'cessationOfOperation',
    revokedBy: 'arn:aws:iam::111122223333:role/revoker',
    comment: 'decommissioned',
    ...changes,
  };
}

/** A name that nobody claimed. */
export function freeName(name: CommonName): NameRecord {
  return { name, version: 0, holders: [], blocked: [] };
}

/** What reserving `record` on `token` writes, where the name was read as `name` (never claimed, unless given). */
export function sampleReservation(
  token: BootstrapToken,
  changes: Partial<CertificateRecord> = {},
  name?: NameRecord,
): Reservation {
  const record = sampleRecord({ tokenId: token.id, profile: token.profile, ...changes });
  const holder = {
    profile: record.profile,
    serialNumber: record.serialNumber,
    publicKeySha256: record.publicKeySha256,
    notAfter: record.validity.notAfter,
  };
  return {
    record,
    name: claimName(name ?? freeName(record.name), holder, record.reservedAt),
    exclusive: [],
    followUntil: plus(token.expiresAt, 7 * DAY),
  };
}

export function sampleRoot(changes: Partial<KmsRoot> = {}): KmsRoot {
  return {
    kind: 'kms',
    id: 'root-1',
    trustDomain: 'test' as TrustDomain,
    keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/root-1',
    keySpec: 'RSA_4096',
    state: 'RESERVED',
    serialNumber: serialNumber(),
    validity: { notBefore: plus(NOW, -3600), notAfter: plus(NOW, 20 * 365 * DAY) },
    tbsSha256: sha256Hex('root'),
    createdAt: NOW,
    ...changes,
  };
}

export function sampleIssuer(changes: Partial<DraftedIssuer> = {}): DraftedIssuer {
  return {
    id: 'issuer-1',
    keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/issuer-1',
    keySpec: 'RSA_3072',
    state: 'PENDING',
    rootId: 'root-1',
    crlShards: 16,
    serialNumber: serialNumber(),
    validity: { notBefore: plus(NOW, -3600), notAfter: plus(NOW, 5 * 365 * DAY) },
    tbsSha256: sha256Hex('issuer'),
    createdAt: NOW,
    ...changes,
  };
}

export function sampleRootSlot(changes: Partial<RootSlot> = {}): RootSlot {
  return { ...SLOT, kind: 'root', ...changes };
}

export function sampleIssuerSlot(changes: Partial<IssuerSlot> = {}): IssuerSlot {
  const id = changes.id ?? 'issuer-1';
  return {
    ...SLOT,
    id,
    keyArn: `arn:aws:kms:eu-west-1:111122223333:key/${id}`,
    keySpec: 'RSA_3072',
    lifetimeSeconds: 5 * 365 * DAY,
    kind: 'issuer',
    revocationUrl: REVOCATION_URL,
    crlShards: 16,
    ...changes,
  };
}

const SLOT = {
  id: 'root-1',
  place: 0,
  authority: 'test',
  keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/root-1',
  keySpec: 'RSA_4096',
  lifetimeSeconds: 20 * 365 * DAY,
} as const;
