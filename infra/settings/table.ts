import * as z from 'zod/mini';
import { about, whole } from './setting.ts';

/**
 * What a new on-demand table takes at once, in units a second, and the least that can be asked for (DynamoDB developer
 * guide, "Understanding DynamoDB warm throughput").
 */
export const COLD_TABLE = { readUnitsPerSecond: 12_000, writeUnitsPerSecond: 4000 } as const;

/** Far above what any quota of KMS needs. */
const MOST = 1_000_000;

/** DynamoDB developer guide, "Point-in-time backups for DynamoDB". */
export const RECOVERY_PERIOD_DAYS = about(
  'Days back that the table can be restored to any second of. Fewer: what is older can no longer be restored, from the deployment on, and the price stays the same; choose fewer only where a rule forbids to keep data for longer. More again: the period grows day by day. A restored table keeps its own (docs/recovery.md).',
  z._default(whole(1, 35), 35),
);

/** Settings of the ledger's table. */
export const WARM_THROUGHPUT = about(
  'What the table takes from the first second, before the traffic of hours has widened it; default: what AWS gives a new table, 12,000 reads and 4,000 writes. docs/scale.md says how many enrollments that is. Raising it is charged once; it can be raised again, and never be lowered. Set both or neither.',
  z.optional(
    z.strictObject({
      readUnitsPerSecond: about('Reads of 4 KB per second.', whole(COLD_TABLE.readUnitsPerSecond, MOST)),
      writeUnitsPerSecond: about('Writes of 1 KB per second.', whole(COLD_TABLE.writeUnitsPerSecond, MOST)),
    }),
  ),
);
