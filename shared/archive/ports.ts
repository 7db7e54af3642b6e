import type { CertificateEvent } from '../domain/certificate-event.ts';
import type { CertificateSummary, RecordWithDeployments } from '../domain/certificate-record.ts';
import type { Instant } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';

/*
 * What the archive of certificates needs of the ledger. Adapter: `shared/store/archive-ledger.ts`. Objects are written and
 * read by the port of published objects (`shared/revocation/ports.ts`).
 *
 * Every method throws `AppError('try_again')` where contention or throttling outlasts its bounded retries.
 */

/** All that the ledger has of a certificate, as a line of an object. */
export interface ArchiveEntry {
  readonly serialNumber: SerialNumber;
  /** JSON without line breaks: `serialNumber`, and `items` as DynamoDB's own commands take them. */
  readonly line: string;
}

/** Where a certificate is archived. */
export interface ArchivePlace {
  /** Key of the object, without a first slash. */
  readonly object: string;
  readonly archivedAt: Instant;
}

/** The ledger, for what leaves it. */
export interface ArchivingLedger {
  /** Certificates that expired before `before`, earliest first. Reads an index that may lag the ledger by a moment. */
  expired(query: {
    readonly before: Instant;
    readonly limit: number;
    readonly cursor: string | undefined;
    readonly now: Instant;
  }): Promise<{
    readonly items: readonly Pick<CertificateSummary, 'serialNumber' | 'validity'>[];
    readonly cursor: string | undefined;
  }>;
  /**
   * Of these, those that nothing needs any more: finished, expired before `before`, and not followed by a successor that
   * may still be renewed or confirmed at `now`. Consistent.
   */
  entries(
    serialNumbers: readonly SerialNumber[],
    before: Instant,
    now: Instant,
  ): Promise<readonly ArchiveEntry[]>;
  /**
   * All or nothing: what the line holds leaves the ledger, and its place is noted. `changed`: the certificate is not what
   * the line says any more, or has left already; nothing was written.
   */
  move(entry: ArchiveEntry, place: ArchivePlace): Promise<'moved' | 'changed'>;
}

/** A certificate as it was when it left the ledger. */
export interface ArchivedCertificate {
  readonly record: RecordWithDeployments & { readonly archivedAt: Instant };
  /** What happened after it was reserved and issued, oldest first. */
  readonly events: readonly CertificateEvent[];
}

/** The ledger, for what has left it. */
export interface ArchivedCertificates {
  /** Undefined where it is not archived. Consistent. */
  place(serialNumber: SerialNumber): Promise<ArchivePlace | undefined>;
  /** Reads a line. */
  read(line: string, place: ArchivePlace): ArchivedCertificate;
}
