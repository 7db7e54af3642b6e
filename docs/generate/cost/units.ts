import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What it takes to move a certificate to the archive, with two events in its history. */
export interface ArchivedUnits {
  /** Writes of the table and its indexes, in units of 1 KB; those of a transaction count twice. */
  readonly writeUnits: number;
  /** Bytes that stay in the table: where it is. */
  readonly noteBytes: number;
  /** Bytes of its object that are its own. */
  readonly objectBytes: number;
}

/**
 * What one enrollment takes of DynamoDB. `test/integration/measured-units.test.ts` measures it and compares: where it differs,
 * the test prints what belongs into `units.json`.
 */
export interface MeasuredUnits {
  /** Consistent reads, in units of 4 KB. */
  readonly readUnits: number;
  /** Of these, all on the one partition of roots and issuers, with one root and two issuers. */
  readonly authorityReadUnits: number;
  /** Writes of the table itself, in units of 1 KB; those of a transaction count twice. */
  readonly tableWriteUnits: number;
  /** Writes of each index. */
  readonly indexWriteUnits: Readonly<Record<string, number>>;
  /** Bytes that stay in the table and its indexes, by DynamoDB's rules for sizes of items. */
  readonly storedBytes: number;
  readonly archived: ArchivedUnits;
}

export function measuredUnits(): MeasuredUnits {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'units.json'), 'utf8')) as MeasuredUnits;
}

export function writeUnits({ tableWriteUnits, indexWriteUnits }: MeasuredUnits): number {
  return tableWriteUnits + Object.values(indexWriteUnits).reduce((sum, units) => sum + units, 0);
}
