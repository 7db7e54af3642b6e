import type { SerialNumber } from '../domain/serial-number.ts';
import { AppError } from '../errors/app-error.ts';
import type { EntryPages } from '../pki/crl/expected-entries.ts';
import { listedEntries } from '../pki/crl/listed-entries.ts';

/**
 * Stops a list that would take back what the one before it says. An entry stays in the ledger for 90 days after its
 * certificate expired, and leaves the lists right after: so each entry of the published list is in the ledger, expired or
 * not, unless the table was restored from a backup, or damaged.
 *
 * @param published the list that is there, DER.
 * @param recorded what the ledger has, in ascending order of serial number, with what has expired.
 * @throws AppError `internal` with the number of the missing entries, and one of them.
 */
export async function checkNothingLost(
  path: string,
  published: Uint8Array,
  recorded: EntryPages,
): Promise<void> {
  const lost = await missingFrom(recorded, published);
  const [first] = lost;
  if (first === undefined) return;
  throw new AppError(
    'internal',
    `The records lack ${lost.length} revoked certificates of the published list, such as ${first}: the table was restored or damaged. The published list stays. docs/recovery.md, "The records were restored", says what to do.`,
    { internal: { path, lost: lost.length, serialNumber: first } },
  );
}

/** Both are in ascending order of serial number. */
async function missingFrom(pages: EntryPages, published: Uint8Array): Promise<readonly SerialNumber[]> {
  const lost: SerialNumber[] = [];
  const listed = listedEntries(published);
  let next = listed.next();
  for await (const page of pages)
    for (const { serialNumber } of page) {
      for (; next.done !== true && next.value.serialNumber < serialNumber; next = listed.next())
        lost.push(next.value.serialNumber);
      if (next.done !== true && next.value.serialNumber === serialNumber) next = listed.next();
    }
  for (; next.done !== true; next = listed.next()) lost.push(next.value.serialNumber);
  return lost;
}
