import { DAY } from '../../domain/duration.ts';
import { type Instant, instant } from '../../domain/instant.ts';
import { REVOCATION_REASONS, type RevocationReason, type RevokedEntry } from '../../domain/revocation.ts';
import { type Der, element, sequence, time } from '../der/write.ts';
import { encodeExtension } from '../extensions.ts';
import { OID } from '../oids.ts';

const CHUNK_OCTETS = 1_048_576;

/** Serial numbers are 18 octets; with tag and length. */
const SERIAL_OCTETS = 18;
const SERIAL_FIELD = 2 + SERIAL_OCTETS;

/** SEQUENCE, serial number, GeneralizedTime, reason. */
const LONGEST_ENTRY = 2 + SERIAL_FIELD + 17 + 14;

/**
 * crlEntryExtensions with a reasonCode each. `unspecified` has none: RFC 5280 section 5.3.1 recommends to leave it out.
 */
const REASONS = new Map(
  Object.entries(REVOCATION_REASONS).map(([reason, number]) => [
    reason,
    number === 0 ? new Uint8Array() : reasonExtension(number),
  ]),
) as ReadonlyMap<RevocationReason, Uint8Array>;

function reasonExtension(number: number): Der {
  const value = element(0x0a, Uint8Array.of(number));
  return sequence(encodeExtension({ oid: OID.cRLReason, critical: false, value }));
}

/** Writes the entries of a list (RFC 5280 section 5.1.2.6) into chunks, in the order in which they come. */
export class EntryWriter {
  readonly #full: Uint8Array[] = [];
  /** The time of a day's first second, encoded: entries of the day differ in six digits. */
  readonly #midnights = new Map<number, Der>();
  #chunk = Buffer.allocUnsafe(CHUNK_OCTETS);
  #at = 0;

  /** All that was written so far. */
  get chunks(): readonly Uint8Array[] {
    return [...this.#full, this.#chunk.subarray(0, this.#at)];
  }

  /** @throws TypeError where the serial number is not one of ours. */
  add({ serialNumber, revokedAt, reason }: RevokedEntry): void {
    if (this.#at + LONGEST_ENTRY > CHUNK_OCTETS) this.#nextChunk();
    const extensions = REASONS.get(reason) ?? new Uint8Array();
    const at = this.#midnight(revokedAt);
    this.#octets(0x30, SERIAL_FIELD + at.length + extensions.length, 0x02, SERIAL_OCTETS);
    if (this.#chunk.write(serialNumber, this.#at, SERIAL_OCTETS, 'hex') !== SERIAL_OCTETS)
      throw new TypeError(`${serialNumber} is not a serial number`);
    this.#at += SERIAL_OCTETS;
    this.#bytes(at);
    this.#timeOfDay(revokedAt);
    this.#bytes(extensions);
  }

  #nextChunk(): void {
    this.#full.push(this.#chunk.subarray(0, this.#at));
    this.#chunk = Buffer.allocUnsafe(CHUNK_OCTETS);
    this.#at = 0;
  }

  #octets(...octets: readonly number[]): void {
    for (const octet of octets) this.#chunk[this.#at++] = octet;
  }

  #bytes(bytes: Uint8Array): void {
    this.#chunk.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #midnight(at: Instant): Der {
    const day = Math.floor(at / DAY);
    const known = this.#midnights.get(day);
    if (known !== undefined) return known;
    const midnight = time(instant(day * DAY));
    this.#midnights.set(day, midnight);
    return midnight;
  }

  /** The six digits before the Z of the time that was just written. */
  #timeOfDay(at: Instant): void {
    const second = at - Math.floor(at / DAY) * DAY;
    const z = this.#at - 1;
    this.#twoDigits(z - 6, Math.floor(second / 3600));
    this.#twoDigits(z - 4, Math.floor(second / 60) % 60);
    this.#twoDigits(z - 2, second % 60);
  }

  #twoDigits(at: number, value: number): void {
    this.#chunk[at] = 0x30 + Math.floor(value / 10);
    this.#chunk[at + 1] = 0x30 + (value % 10);
  }
}
