import { CertificateRevocationList } from 'pkijs';
import { DAY } from '../../shared/domain/duration.ts';
import { fromDate, type Instant, plus } from '../../shared/domain/instant.ts';
import type { RevokedEntry } from '../../shared/domain/revocation.ts';
import type { EntryPages } from '../../shared/pki/crl/expected-entries.ts';
import type { ListPlan } from '../../shared/pki/crl/list.ts';
import { prepareList } from '../../shared/pki/crl/prepare-list.ts';
import { signPrepared } from '../../shared/pki/sign-prepared.ts';
import { type MadeAuthority, NOW, serial } from './ca.ts';

/** The list of a shard, unless a test asks for another. */
export const SCOPE = { url: 'http://crl.example.com/crl/issuer-1/3.crl', only: 'leaves' } as const;

export const PLAN: ListPlan = {
  number: 1_795_435_200_000_000_000n,
  thisUpdate: NOW,
  nextUpdate: plus(NOW, 3 * DAY),
};

/** An entry whose serial number ends with `text`, hex. */
export function entry(text: string, change: Partial<RevokedEntry> = {}): RevokedEntry {
  return {
    serialNumber: serial(text),
    revokedAt: plus(NOW, -60),
    reason: 'unspecified',
    notAfter: plus(NOW, 30 * DAY),
    ...change,
  };
}

/** A signed list in DER. */
export async function makeList(
  ca: MadeAuthority['issuer'],
  pages: EntryPages,
  change: Partial<ListPlan> = {},
): Promise<Uint8Array> {
  const { prepared } = await prepareList({ ...PLAN, ...change }, ca, pages);
  return (await signPrepared(prepared, ca.key.sign)).der;
}

/** `count` entries in ascending order, in pages of 5,000, made as they are read. */
export function* entryPages(count: number, revokedAt: Instant = NOW): Generator<readonly RevokedEntry[]> {
  const PAGE = 5000;
  for (let first = 0; first < count; first += PAGE)
    yield Array.from({ length: Math.min(PAGE, count - first) }, (_, i) =>
      entry((first + i).toString(16), { revokedAt: plus(revokedAt, -(first + i)), reason: 'keyCompromise' }),
    );
}

/** What a list of these entries is compared with. */
export function expectedOf(entries: readonly RevokedEntry[]) {
  return { count: entries.length, samples: new Map(entries.map((one, i) => [i, one])) };
}

/** What pkijs reads of a list. */
export function readList(der: Uint8Array) {
  const list = CertificateRevocationList.fromBER(der);
  const number = list.crlExtensions?.extensions.find(({ extnID }) => extnID === '2.5.29.20')?.parsedValue;
  return {
    number: BigInt(`0x${Buffer.from(number?.valueBlock.valueHexView ?? []).toString('hex') || '0'}`),
    thisUpdate: fromDate(list.thisUpdate.value),
    nextUpdate: fromDate(list.nextUpdate?.value ?? new Date(0)),
    entries: (list.revokedCertificates ?? []).map(
      ({ userCertificate, revocationDate, crlEntryExtensions }) => ({
        serialNumber: Buffer.from(userCertificate.valueBlock.valueHexView).toString('hex'),
        revokedAt: fromDate(revocationDate.value),
        reason: crlEntryExtensions?.extensions[0]?.parsedValue?.valueBlock.valueDec ?? 0,
      }),
    ),
  };
}
