import type {
  CertificateRecord,
  CertificateSummary,
  SigningAttempt,
  Successor,
} from '../domain/certificate-record.ts';
import type { Instant } from '../domain/instant.ts';
import { type Revocation, type RevocationReason, SERVICE } from '../domain/revocation.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { fromItem, type Item, toItem } from './expression.ts';
import { certificateKey, certificatePlace, openShardOf, serialNumberOf } from './keys.ts';

type Listed = Omit<CertificateSummary, 'serialNumber' | 'validity'> & CertificateRecord['validity'];

/** A record as it lies in the table: flat, so that conditions and index projections can name each attribute. */
type Stored = Omit<CertificateRecord, 'validity' | 'lease' | 'attempts' | 'revocation' | 'successor'> &
  CertificateRecord['validity'] &
  Partial<StoredRevocation> &
  Partial<StoredSuccessor> & {
    readonly leaseOwner: string;
    readonly leaseUntil: Instant;
    /** A string set: noting the same attempt again changes nothing. */
    readonly attempts?: ReadonlySet<string>;
  };

/** A revocation as it lies in its record. An earlier build noted the time only. */
interface StoredRevocation {
  readonly revokedAt: Instant;
  readonly revocationReason: RevocationReason;
  readonly revokedBy: string;
  readonly revocationComment?: string;
}

/** A successor as it lies in the record of its predecessor. */
interface StoredSuccessor {
  readonly successor: SerialNumber;
  readonly successorKey: string;
  readonly successorConfirmedAt?: Instant;
}

export function storedSuccessor({ serialNumber, publicKeySha256, confirmedAt }: Successor): StoredSuccessor {
  return withoutUndefined({
    successor: serialNumber,
    successorKey: publicKeySha256,
    successorConfirmedAt: confirmedAt,
  });
}

function successor(stored: Partial<StoredSuccessor>): Successor | undefined {
  const {
    successor: serialNumber,
    successorKey: publicKeySha256,
    successorConfirmedAt: confirmedAt,
  } = stored;
  if (serialNumber === undefined || publicKeySha256 === undefined) return undefined;
  return withoutUndefined({ serialNumber, publicKeySha256, confirmedAt });
}

export function storedRevocation({ revokedAt, reason, revokedBy, comment }: Revocation): StoredRevocation {
  return withoutUndefined({
    revokedAt,
    revocationReason: reason,
    revokedBy,
    revocationComment: comment,
  });
}

function revocation({ revokedAt, ...stored }: Partial<StoredRevocation>): Revocation | undefined {
  if (revokedAt === undefined) return undefined;
  return withoutUndefined({
    revokedAt,
    reason: stored.revocationReason ?? 'unspecified',
    revokedBy: stored.revokedBy ?? SERVICE,
    comment: stored.revocationComment,
  });
}

/**
 * The item of a record: open while it is RESERVED, and listed from then on, so that an enrollment writes each listing index
 * once.
 */
export function certificateItem(record: CertificateRecord): Item {
  const { validity, lease, attempts, revocation: revoked, successor: renewed, ...rest } = record;
  const stored: Stored = {
    ...rest,
    ...validity,
    ...(revoked === undefined ? {} : storedRevocation(revoked)),
    ...(renewed === undefined ? {} : storedSuccessor(renewed)),
    leaseOwner: lease.owner,
    leaseUntil: lease.until,
    ...(attempts.length === 0 ? {} : { attempts: attemptSet(attempts) }),
  };
  return {
    ...certificateKey(record.serialNumber),
    ...toItem({
      ...stored,
      ...(record.state === 'RESERVED'
        ? { openShard: openShardOf(record.serialNumber) }
        : certificatePlace(record)),
    }),
  };
}

export function certificateRecord(item: Item): CertificateRecord {
  const stored = fromItem<Stored & Record<string, unknown>>(item);
  return withoutUndefined({
    ...listed(stored, stored.serialNumber),
    revocation: revocation(stored),
    trustDomain: stored.trustDomain,
    keyKind: stored.keyKind,
    publicKey: stored.publicKey,
    revocationUrl: stored.revocationUrl,
    crlShard: stored.crlShard,
    tbsSha256: stored.tbsSha256,
    useSlot: stored.useSlot,
    exclusiveDns: stored.exclusiveDns,
    sourceIp: stored.sourceIp,
    requestId: stored.requestId,
    lease: { owner: stored.leaseOwner, until: stored.leaseUntil },
    attempts: [...(stored.attempts ?? [])].sort().map(attempt),
    certificate: stored.certificate,
    hostDeployment: stored.hostDeployment,
    fleetAgentId: stored.fleetAgentId,
    predecessor: stored.predecessor,
    successor: successor(stored),
    successorsReplaced: stored.successorsReplaced,
    trustSha256: stored.trustSha256,
    renewalBurst: stored.renewalBurst,
  });
}

/** Reads an item of a listing index. */
export function certificateSummary(item: Item): CertificateSummary {
  const stored = fromItem<Listed>(item);
  const { revokedAt } = stored;
  return withoutUndefined({ ...listed(stored, serialNumberOf(item)), revokedAt });
}

function listed(stored: Listed, serialNumber: SerialNumber) {
  return withoutUndefined({
    serialNumber,
    issuerId: stored.issuerId,
    profile: stored.profile,
    name: stored.name,
    dnsNames: stored.dnsNames,
    ipAddresses: stored.ipAddresses,
    validity: { notBefore: stored.notBefore, notAfter: stored.notAfter },
    state: stored.state,
    publicKeySha256: stored.publicKeySha256,
    tokenId: stored.tokenId,
    reservedAt: stored.reservedAt,
    issuedAt: stored.issuedAt,
  });
}

/** Attempts as members of a string set. Text order is time order: seconds have ten digits until the year 2286. */
export function attemptSet(attempts: readonly SigningAttempt[]): ReadonlySet<string> {
  return new Set(
    attempts.map(({ at, outcome, requestId }, index) => JSON.stringify([at, index, outcome, requestId])),
  );
}

function attempt(member: string): SigningAttempt {
  const [at, , outcome, requestId] = JSON.parse(member) as [Instant, number, string, string | null];
  return withoutUndefined({ at, outcome, requestId: requestId ?? undefined });
}
