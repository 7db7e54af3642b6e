import * as z from 'zod/mini';
import type { Ceremony } from '../../domain/ceremony.ts';
import { toRfc3339 } from '../../domain/instant.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import { time } from './words.ts';

/** A use of a root's key in responses. */
export const ceremonyView = z
  .object({
    root: z.string(),
    at: time,
    by: z.string(),
    purpose: z.string(),
    keyArn: z.string(),
    digest: z.string(),
    // Absent while it runs, and where it was cut off.
    outcome: z.optional(z.enum(['signed', 'read', 'failed', 'not_enabled'])),
    kmsRequestIds: z.array(z.string()),
  })
  .check(z.meta({ id: 'Ceremony' }));

export function renderCeremony(ceremony: Ceremony): z.infer<typeof ceremonyView> {
  const { rootId, at, kmsRequestIds = [], ...rest } = ceremony;
  return withoutUndefined({ ...rest, root: rootId, at: toRfc3339(at), kmsRequestIds: [...kmsRequestIds] });
}
