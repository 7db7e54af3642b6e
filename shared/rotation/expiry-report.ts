import type { CertificateSummary } from '../domain/certificate-record.ts';
import { DAY } from '../domain/duration.ts';
import { type Clock, type Instant, isOver, plus, toRfc3339 } from '../domain/instant.ts';
import { PROFILES, type ProfileName } from '../domain/profile.ts';
import { toDecimal } from '../domain/serial-number.ts';
import type { CertificateListing } from '../issuance/ports.ts';
import type { Events, ExpiryLedger, RotationEvent } from './ports.ts';
import { renewalWindow } from './renewal-window.ts';

/*
 * Which certificates end soon although nobody renews them. A certificate is expiring where its renewal window is over, it
 * still holds its name, and few days are left. It is reported once for each number of days that it comes below: an event
 * is published, then that is noted, so that a run that ends in between publishes it again, with the same id.
 */

/** Days left at which a certificate is reported. */
const EXPIRY_DAYS = [14, 7, 3, 1] as const;

export interface ReportExpiryDependencies {
  readonly certificates: Pick<CertificateListing, 'listCertificates'>;
  readonly ledger: ExpiryLedger;
  readonly events: Events;
  readonly clock: Clock;
  /** What is left of the function's time. */
  readonly remainingMilliseconds: () => number;
}

/** A row of the report. */
export interface ExpiringCount {
  readonly profile: ProfileName;
  /** One of {@link EXPIRY_DAYS}: the certificates have at most so many days left, and more than the next lower one. */
  readonly days: number;
  readonly count: number;
}

export interface ExpiryReport {
  /** Those that exist, in order of days and profile. */
  readonly counts: readonly ExpiringCount[];
  /** Certificates that an event was published for in this run. */
  readonly published: number;
  /** Events that could not be published; the next run tries them again. */
  readonly failed: readonly unknown[];
  /** False where time ran out: the next run begins at the front again. */
  readonly complete: boolean;
}

/** Certificates that are read at a time. */
const PAGE = 500;

/** Takes the time of one page, however slow. */
const RESERVE_MILLISECONDS = 30_000;

/** Reports what ends soon, soonest first. Safe to run twice, and at the same time. */
export async function reportExpiry(deps: ReportExpiryDependencies): Promise<ExpiryReport> {
  const now = deps.clock();
  const counts = new Map<string, ExpiringCount>();
  const failed: unknown[] = [];
  let published = 0;
  let cursor: string | undefined;
  do {
    const page = await deps.certificates.listCertificates({
      limit: PAGE,
      now,
      state: 'ISSUED',
      expiresAfter: now,
      expiresBefore: plus(now, EXPIRY_DAYS[0] * DAY),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const expiring = await expiringOf(deps, page.items, now);
    for (const { certificate, days } of expiring) count(counts, certificate.profile, days);
    const due = expiring.filter(({ days, reportedDays = Number.POSITIVE_INFINITY }) => days < reportedDays);
    for (const batch of batches(due, EVENTS_AT_ONCE)) {
      const error = await publish(deps, batch);
      if (error === undefined) published += batch.length;
      else failed.push(error);
    }
    cursor = page.cursor;
  } while (cursor !== undefined && deps.remainingMilliseconds() > RESERVE_MILLISECONDS);
  const rows = [...counts.values()].sort((a, b) => a.days - b.days || (a.profile < b.profile ? -1 : 1));
  return { counts: rows, published, failed, complete: cursor === undefined };
}

/** A certificate to report. */
interface Expiring {
  readonly certificate: CertificateSummary;
  readonly days: number;
  readonly reportedDays: number | undefined;
}

async function expiringOf(
  { ledger }: ReportExpiryDependencies,
  items: readonly CertificateSummary[],
  now: Instant,
): Promise<readonly Expiring[]> {
  const overdue = items.filter((item) => isOver(renewalWindow(item, { replacements: [] }).end, now));
  const views = await ledger.readForReport(overdue, now);
  return overdue.flatMap((certificate, index) => {
    const view = views[index];
    const days = daysLeft(certificate, now);
    const isHolder = view?.holder === certificate.serialNumber;
    return isHolder && days !== undefined ? [{ certificate, days, reportedDays: view.reportedDays }] : [];
  });
}

/** The lowest of {@link EXPIRY_DAYS} that it is within. */
function daysLeft({ validity }: CertificateSummary, now: Instant): number | undefined {
  return EXPIRY_DAYS.findLast((days) => validity.notAfter - now <= days * DAY);
}

function count(counts: Map<string, ExpiringCount>, profile: ProfileName, days: number): void {
  const key = `${days} ${profile}`;
  counts.set(key, { profile, days, count: (counts.get(key)?.count ?? 0) + 1 });
}

/** EventBridge takes 10 entries in a request. */
const EVENTS_AT_ONCE = 10;

/** Publishes the events, then notes them. @returns what went wrong. */
async function publish(
  { events, ledger, clock }: ReportExpiryDependencies,
  batch: readonly Expiring[],
): Promise<unknown> {
  try {
    await events.publish(batch.map((one) => eventOf(one, clock())));
    await Promise.all(batch.map(({ certificate, days }) => ledger.noteReported(certificate, days)));
    return undefined;
  } catch (error) {
    return error;
  }
}

function eventOf({ certificate, days }: Expiring, at: Instant): RotationEvent {
  const { serialNumber, issuerId, profile, name, dnsNames, ipAddresses, validity } = certificate;
  return {
    id: `certificate.expiring/${serialNumber}/${days}`,
    type: 'certificate.expiring',
    at,
    detail: {
      serialNumber,
      serialNumberDecimal: toDecimal(serialNumber),
      issuer: issuerId,
      profile,
      name,
      dnsNames,
      ipAddresses,
      notAfter: toRfc3339(validity.notAfter),
      daysLeft: days,
    },
  };
}

function batches<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** How many certificates of servers end within three days: something will refuse its clients. */
export function endingServers({ counts }: ExpiryReport): number {
  return counts
    .filter(({ profile, days }) => days <= 3 && PROFILES[profile].extendedKeyUsage.includes('serverAuth'))
    .reduce((sum, { count: some }) => sum + some, 0);
}
