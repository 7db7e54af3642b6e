import { REVOCATION_REASONS, type RevocationReason, type RevokedEntry } from '../../domain/revocation.ts';
import { parseSerialNumber } from '../../domain/serial-number.ts';
import { contentsOf, type DerElement, ofTag, readChildren, readElement } from '../der/read.ts';
import { readTime } from './lint/time.ts';
import { parseList, splitList } from './parse-list.ts';

/** What a published list says of a certificate; it does not say when the certificate expires. */
export type ListedEntry = Omit<RevokedEntry, 'notAfter'>;

/** By number (RFC 5280 section 5.3.1). */
const REASONS = new Map<number, RevocationReason>(
  Object.entries(REVOCATION_REASONS).map(([reason, number]) => [number, reason as RevocationReason]),
);

/**
 * The entries of a list that this service signed, in its order; its signature is not looked at.
 *
 * @param der a CertificateList.
 * @throws TypeError where it is not one, or an entry is not in the form of ours.
 */
export function* listedEntries(der: Uint8Array): Generator<ListedEntry> {
  const { entries = new Uint8Array() } = parseList(splitList(der).tbs);
  for (let at = 0; at < entries.length; ) {
    const entry = readElement(entries, at);
    yield listedEntry(ofTag(entry, 0x30));
    at = entry.to;
  }
}

function listedEntry(entry: DerElement): ListedEntry {
  const [serial, time, extensions] = readChildren(entry);
  const text = Buffer.from(contentsOf(ofTag(serial, 0x02))).toString('hex');
  const serialNumber = parseSerialNumber(text);
  if (serialNumber === undefined || time === undefined) throw new TypeError(`${text} is no entry of ours`);
  const revokedAt = readTime(time.tag, contentsOf(time));
  if (typeof revokedAt === 'string') throw new TypeError(revokedAt);
  return { serialNumber, revokedAt, reason: extensions === undefined ? 'unspecified' : reasonOf(extensions) };
}

/** The last octet is that of the one reasonCode, an ENUMERATED. */
function reasonOf({ bytes, to }: DerElement): RevocationReason {
  const number = bytes[to - 1] ?? 0;
  const reason = REASONS.get(number);
  if (reason === undefined) throw new TypeError(`unknown revocation reason ${number}`);
  return reason;
}
