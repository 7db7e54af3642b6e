import type { Issuer } from '../domain/authority.ts';
import {
  type CertificateRecord,
  type CertificateState,
  sameNames,
  wasGivenUp,
} from '../domain/certificate-record.ts';
import { DAY } from '../domain/duration.ts';
import { type Instant, plus } from '../domain/instant.ts';
import { type Revocation, SERVICE } from '../domain/revocation.ts';
import { crlShardOf } from '../domain/revocation-points.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { isGenuine } from './is-genuine.ts';
import type { FormerLedger, RestoredLedger } from './ports.ts';

/** What becomes of a certificate of the former table. */
export type Verdict = 'same' | 'adopted' | 'voided' | 'refused';

/** How many certificates had each verdict, and the first that were refused. */
export interface MergedCertificates {
  readonly compared: number;
  readonly adopted: number;
  readonly voided: number;
  readonly refused: readonly SerialNumber[];
  /** Where the next run goes on; undefined at the end. */
  readonly cursor: string | undefined;
}

export interface MergeCertificatesDependencies {
  readonly restored: RestoredLedger;
  readonly former: FormerLedger;
  /** Those of the restored ledger, once its CAs were merged. */
  readonly issuers: readonly Issuer[];
  readonly now: Instant;
  /**
   * Whether nobody finishes any more what is not finished in the former table, so that it becomes void. Before, it may
   * still be issued, and handed out.
   */
  readonly voids: boolean;
  /** Whether there is time for another page. */
  readonly isTimeLeft: () => boolean;
}

/** Longer than the entry of a revocation list is needed, and than a certificate is renewed after its expiry. */
const EXPIRED_SECONDS = 90 * DAY;

const RANKS: Readonly<Record<CertificateState, number>> = { RESERVED: 0, ISSUED: 1, REVOKED: 2, VOID: 2 };

/**
 * Takes over what became of certificates since the restore point: those that were issued, renewed and revoked. A
 * certificate is taken over if its issuer signed what its record says; what was never finished becomes void, and no
 * certificate names it as its successor; anything else
 * stays as it was restored, and is reported. Where nothing was restored, its serial number is listed as revoked.
 *
 * @param cursor where an earlier run stopped. @param apply whether anything is written.
 */
export async function mergeCertificates(
  deps: MergeCertificatesDependencies,
  cursor: string | undefined,
  apply: boolean,
): Promise<MergedCertificates> {
  const { former, restored, now, isTimeLeft } = deps;
  const counts = { compared: 0, adopted: 0, voided: 0 };
  const refused: SerialNumber[] = [];
  let at = cursor;
  do {
    const part = await former.serialNumbers(at, now, plus(now, -EXPIRED_SECONDS));
    const [before, there] = await Promise.all([former.records(part.items), restored.records(part.items)]);
    const isUnfinished = await unfinishedAmong(deps, successorsOf(before));
    for (const [i, recorded] of before.entries()) {
      if (recorded === undefined) continue;
      const { successor, ...rest } = recorded;
      const record = successor !== undefined && isUnfinished(successor.serialNumber) ? rest : recorded;
      const verdict = await merge(deps, record, there[i], apply);
      counts.compared++;
      if (verdict === 'adopted' || verdict === 'voided') counts[verdict]++;
      if (verdict === 'refused') refused.push(record.serialNumber);
    }
    at = part.cursor;
  } while (at !== undefined && isTimeLeft());
  return { ...counts, refused, cursor: at };
}

function successorsOf(records: readonly (CertificateRecord | undefined)[]): readonly SerialNumber[] {
  return records.map((record) => record?.successor?.serialNumber).filter((one) => one !== undefined);
}

/** Those that only the former table has and that are not finished there, and those that were given up. */
async function unfinishedAmong(
  { former, restored }: MergeCertificatesDependencies,
  serials: readonly SerialNumber[],
): Promise<(serialNumber: SerialNumber) => boolean> {
  const [before, there] = await Promise.all([former.records(serials), restored.records(serials)]);
  const unfinished = serials.filter((_, i) => {
    const record = there[i] ?? before[i];
    return (
      record !== undefined && (wasGivenUp(record) || (there[i] === undefined && record.state === 'RESERVED'))
    );
  });
  return (serialNumber) => unfinished.includes(serialNumber);
}

async function merge(
  { former, restored, issuers, now, voids }: MergeCertificatesDependencies,
  record: CertificateRecord,
  there: CertificateRecord | undefined,
  apply: boolean,
): Promise<Verdict> {
  const verdict = verdictOn(record, there, issuers);
  if (verdict === 'voided' && !voids) return 'same';
  if (!apply || verdict === 'same') return verdict;
  if (verdict === 'refused') {
    if (there === undefined) await list(restored, record, issuers, now);
    return verdict;
  }
  await former.adopt(record, there, verdict === 'voided' ? neverFinished(now) : undefined);
  return verdict;
}

/** A serial number that may have been issued, but not with what the record says, counts as revoked. */
async function list(
  restored: RestoredLedger,
  { serialNumber, issuerId, validity: { notAfter } }: CertificateRecord,
  issuers: readonly Issuer[],
  revokedAt: Instant,
): Promise<void> {
  const issuer = issuers.find(({ id }) => id === issuerId);
  if (issuer === undefined) return;
  const entry = { serialNumber, revokedAt, reason: 'unspecified', notAfter } as const;
  await restored.addEntry(issuerId, crlShardOf(serialNumber, issuer.crlShards), entry);
}

function neverFinished(revokedAt: Instant): Revocation {
  return { revokedAt, reason: 'unspecified', revokedBy: SERVICE, comment: 'not finished before the restore' };
}

function verdictOn(
  record: CertificateRecord,
  there: CertificateRecord | undefined,
  issuers: readonly Issuer[],
): Verdict {
  if (there !== undefined && !isSameCertificate(record, there)) return 'refused';
  if (there !== undefined && !isFurther(record, there)) return 'same';
  if (record.state === 'RESERVED') return there === undefined ? 'voided' : 'same';
  const isKnown = there?.certificate !== undefined && record.certificate !== undefined;
  if (isKnown && Buffer.from(record.certificate).equals(there.certificate)) return 'adopted';
  if (record.state === 'VOID' && record.certificate === undefined) return 'adopted';
  return isGenuine(record, issuers) ? 'adopted' : 'refused';
}

/** Whether both records are of one certificate: nothing of this ever changes. */
function isSameCertificate(a: CertificateRecord, b: CertificateRecord): boolean {
  return (
    sameNames(a, b) &&
    a.tbsSha256 === b.tbsSha256 &&
    a.publicKeySha256 === b.publicKeySha256 &&
    a.profile === b.profile &&
    a.tokenId === b.tokenId &&
    a.issuerId === b.issuerId
  );
}

/** Revoked counts more than issued, and so on; within a state, what was renewed or confirmed since. */
function isFurther(record: CertificateRecord, there: CertificateRecord): boolean {
  const ranks = RANKS[record.state] - RANKS[there.state];
  if (ranks !== 0) return ranks > 0;
  const [a, b] = [record.successor, there.successor];
  if (a === undefined) return false;
  return a.serialNumber !== b?.serialNumber || (a.confirmedAt !== undefined && b.confirmedAt === undefined);
}
