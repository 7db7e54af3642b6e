import { createHash } from 'node:crypto';
import type { Issuer } from '../domain/authority.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { DAY, HOUR } from '../domain/duration.ts';
import { type Instant, instant, plus, toRfc3339 } from '../domain/instant.ts';
import { isSelected, type Replacement } from '../domain/replacement.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { twoThirdsOfLife, type Validity } from '../domain/validity.ts';

/*
 * When a certificate should be renewed, as ACME's renewal information says it (RFC 9773): a window, computed from facts
 * that are recorded, so that every function and every repetition says the same.
 *
 * Hosts that got their certificates at one moment do not renew at one moment: the serial number decides where in the
 * period a window opens, evenly, whatever the host does within it. A window
 *
 * - lies in the life of the certificate,
 * - is at most half as long as what is left of the life when it opens,
 * - only ever moves forward when there is a further reason.
 */

/** How often hosts ask at least, in seconds: what is decided reaches every one of them within that time. */
export const ASK_SECONDS = 6 * HOUR;

/** How often hosts ask that should renew and have not, at least. */
const ASK_AGAIN_SECONDS = HOUR;

/** Nobody is asked to come back sooner. */
const SHORTEST_WAIT_SECONDS = 60;

/** The time in which the certificates of a compromised issuer are replaced: the host's next question, and no storm. */
const COMPROMISE_SECONDS = DAY;

/** When to renew, and why then. */
export interface RenewalWindow {
  readonly start: Instant;
  readonly end: Instant;
  /** One sentence for people; it holds nothing that the public may not know. */
  readonly explanation: string;
}

/** What is known of the issuer. */
export type IssuerFacts = Pick<Issuer, 'state'> & {
  /** @default - it is not draining, or was recorded by an earlier version */
  readonly drainedAt?: Instant;
  /** @default - it is not compromised, or was recorded by an earlier version */
  readonly compromisedAt?: Instant;
};

/** What else moves windows forward. */
export interface WindowFacts {
  /** @default - nothing is known of it */
  readonly issuer?: IssuerFacts | undefined;
  readonly replacements: readonly Replacement[];
}

/** What is known of a certificate. */
export type Renewable = Pick<
  CertificateRecord,
  'serialNumber' | 'issuerId' | 'profile' | 'validity' | 'reservedAt'
>;

/**
 * The window in which a certificate should be renewed: it opens between two thirds
 * and three quarters of its life, or earlier where its issuer drains or is compromised, or an administrator replaces it.
 *
 * @example renewalWindow(record, { issuer, replacements: [] }) // { start, end, explanation }
 */
export function renewalWindow(record: Renewable, { issuer, replacements }: WindowFacts): RenewalWindow {
  const chosen = replacements.filter((replacement) => isSelected(record, replacement));
  const windows = [
    usual(record),
    ...(issuer ? ofIssuer(record, issuer) : []),
    ...chosen.flatMap((replacement) => forward(record, replacement.createdAt, replacement.by, REPLACED)),
  ];
  const first = windows.reduce((a, b) => (b.start < a.start ? b : a));
  const end = windows.reduce((least, window) => (window.end < least ? window.end : least), first.end);
  return { ...first, end };
}

/**
 * After how many seconds a host should ask again: when its window opens, and every six hours at least, since windows move;
 * from then on until it has renewed, every hour at least, and more often near the end of life.
 */
export function askAgainSeconds(
  { start }: Pick<RenewalWindow, 'start'>,
  { notAfter }: Validity,
  now: Instant,
): number {
  if (start > now) return Math.max(SHORTEST_WAIT_SECONDS, Math.min(ASK_SECONDS, start - now));
  const quarter = Math.ceil((notAfter - now) / 4);
  return quarter <= 0
    ? ASK_AGAIN_SECONDS
    : Math.max(SHORTEST_WAIT_SECONDS, Math.min(ASK_AGAIN_SECONDS, quarter));
}

/** A quarter of the last third for the starts, and another for each window: half of it is left after the last one. */
function usual({ serialNumber, validity }: Renewable): RenewalWindow {
  const from = twoThirdsOfLife(validity);
  const quarter = Math.floor((validity.notAfter - from) / 4);
  const start = placed(serialNumber, from, quarter);
  return {
    start,
    end: plus(start, quarter),
    explanation:
      'It opens when two thirds of its life are over, or somewhat later: its serial number decides, so that hosts do not renew at the same time.',
  };
}

const REPLACED = 'An administrator replaces this certificate before its time.';

/** A drained issuer is free of live certificates after a third of their life. */
function ofIssuer(record: Renewable, { drainedAt, compromisedAt }: IssuerFacts): readonly RenewalWindow[] {
  const { notBefore, notAfter } = record.validity;
  const third = Math.floor((notAfter - notBefore) / 3);
  return [
    ...(drainedAt === undefined
      ? []
      : forward(record, drainedAt, plus(drainedAt, third), 'Its issuer issues no more: another takes over.')),
    ...(compromisedAt === undefined
      ? []
      : forward(
          record,
          compromisedAt,
          plus(compromisedAt, COMPROMISE_SECONDS),
          'Its issuer is compromised: renew it now.',
        )),
  ];
}

/**
 * A window between `since` and `by`, or the end of life; none where the life was over by then. Hosts learn of it when they
 * ask, so that the last window opens an asking interval before the end, or halfway where the time is short.
 */
function forward(
  { serialNumber, validity }: Renewable,
  since: Instant,
  by: Instant,
  explanation: string,
): readonly RenewalWindow[] {
  const from = instant(Math.max(since, validity.notBefore));
  const until = instant(Math.min(by, validity.notAfter));
  if (until <= from) return [];
  const start = placed(serialNumber, from, Math.floor(spreadSeconds(until - from)));
  const end = plus(start, Math.floor(Math.min(ASK_SECONDS, until - start) / 2));
  return [{ start, end, explanation: `${explanation} It should be replaced by ${toRfc3339(until)}.` }];
}

/** Over how many seconds of a period the starts of windows are spread that are moved into it. */
function spreadSeconds(period: number): number {
  return Math.max(period / 2, period - ASK_SECONDS);
}

/** The place of a serial number among `seconds` from `from` on, evenly over all serial numbers. */
function placed(serialNumber: SerialNumber, from: Instant, seconds: number): Instant {
  const digest = createHash('sha256').update(`renewal ${serialNumber}`).digest();
  return plus(from, Math.floor((digest.readUIntBE(0, 6) / 2 ** 48) * seconds));
}
