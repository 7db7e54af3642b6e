import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type Clock, type Instant, toRfc3339 } from '../domain/instant.ts';
import { toDecimal } from '../domain/serial-number.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { AppError } from '../errors/app-error.ts';
import type { CertificateChange, CertificateRecords, Events, RotationEvent } from './ports.ts';

/*
 * What happened to certificates, as events. They are made from what the stream of the ledger reports and from the records
 * themselves, so that no request waits for the bus or fails with it. A batch may be published twice, in part or late: the
 * id of an event is the same whenever it is made.
 */

export interface CertificateEventsDependencies {
  readonly clock: Clock;
  readonly records: CertificateRecords;
  readonly events: Events;
  /** Whether records arrive here from another Region. */
  readonly isReplicated: boolean;
}

/**
 * Seconds after its issuance within which a change of a record announces it. The time of issuance is taken before the
 * write, which is tried for at most 28 seconds, the timeout of the functions that issue. Later changes (a confirmation, a
 * revocation) announce it no more.
 */
const ANNOUNCED_WITHIN_SECONDS = 60;

/**
 * Seconds within which a record is as its stream says. In the Region that did not write it, the entry of a revocation list
 * may arrive before the record that was written with it (DynamoDB developer guide, "Global tables: how it works"):
 * transactions hold in the writing Region only.
 */
const REPLICATED_WITHIN_SECONDS = 600;

/**
 * Publishes what these changes mean.
 *
 * @returns what was published.
 * @throws AppError `try_again` where the bus did not take all of it, the records cannot be read, or one has not arrived in
 *   this Region: do it again.
 */
export async function publishCertificateEvents(
  { clock, records, events, isReplicated }: CertificateEventsDependencies,
  changes: readonly CertificateChange[],
): Promise<readonly RotationEvent[]> {
  const serialNumbers = [...new Set(changes.map(({ serialNumber }) => serialNumber))];
  const found = serialNumbers.length === 0 ? [] : await records.certificates(serialNumbers);
  const bySerial = new Map(found.map((record) => [record.serialNumber, record]));
  const due = changes.flatMap((change) => eventsOf(change, bySerial.get(change.serialNumber)));
  const each = [...new Map(due.map((event) => [event.id, event])).values()];
  if (each.length > 0) await events.publish(each);
  const now = clock();
  // In the Region that writes, the record is there with its entry; a merge after a restore writes entries that have none.
  const late = changes.filter(
    (change) => isReplicated && isToArrive(change, bySerial.get(change.serialNumber), now),
  );
  if (late.length > 0)
    throw new AppError('try_again', `${late.length} revocations have not arrived in this Region.`);
  return each;
}

/** Whether the stream says that a certificate is revoked, and its record does not yet. */
function isToArrive(
  changed: CertificateChange,
  record: CertificateRecord | undefined,
  now: Instant,
): boolean {
  if (changed.change !== 'revoked' || changed.at === undefined) return false;
  const isWritten = record?.state === 'REVOKED' || record?.state === 'VOID';
  return !isWritten && now - changed.at <= REPLICATED_WITHIN_SECONDS;
}

function eventsOf(
  changed: CertificateChange,
  record: CertificateRecord | undefined,
): readonly RotationEvent[] {
  if (record === undefined) return [];
  if (changed.change === 'revoked') return revoked(record);
  const { issuedAt } = record;
  const isNew = issuedAt !== undefined && changed.at - issuedAt <= ANNOUNCED_WITHIN_SECONDS;
  return isNew ? [issued(record, issuedAt)] : [];
}

/** What was given up before it was signed is in the lists too; nobody has it, so there is no event. */
function revoked(record: CertificateRecord): readonly RotationEvent[] {
  const { state, revocation, serialNumber } = record;
  if (state !== 'REVOKED' || revocation === undefined) return [];
  const { revokedAt: at, reason, revokedBy: by } = revocation;
  const type = 'certificate.revoked';
  return [{ id: `${type}/${serialNumber}`, type, at, detail: { ...certificateOf(record), reason, by } }];
}

function issued(record: CertificateRecord, at: Instant): RotationEvent {
  const { serialNumber, predecessor, tokenId, publicKeySha256, validity } = record;
  const type = predecessor === undefined ? 'certificate.issued' : 'certificate.renewed';
  const notBefore = toRfc3339(validity.notBefore);
  const detail = withoutUndefined({
    ...certificateOf(record),
    notBefore,
    publicKeySha256,
    tokenId,
    predecessor,
  });
  return { id: `${type}/${serialNumber}`, type, at, detail };
}

/** What every event about a certificate says of it. */
function certificateOf({
  serialNumber,
  issuerId: issuer,
  profile,
  name,
  dnsNames,
  ipAddresses,
  validity,
}: CertificateRecord) {
  return {
    serialNumber,
    serialNumberDecimal: toDecimal(serialNumber),
    issuer,
    profile,
    name,
    dnsNames,
    ipAddresses,
    notAfter: toRfc3339(validity.notAfter),
  };
}
