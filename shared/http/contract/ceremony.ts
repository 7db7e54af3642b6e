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
    by: z.string().check(z.describe('ARN of the IAM principal, or "fleetseal" for the service itself.')),
    purpose: z.string().check(z.describe('For example "certificate of issuer-2".')),
    keyArn: z.string(),
    digest: z.string().check(z.describe('Hex of the digest that KMS was asked to sign.')),
    outcome: z.optional(
      z.enum(['signed', 'failed']).check(z.describe('Absent while it runs, and where it was cut off.')),
    ),
    kmsRequestIds: z
      .array(z.string())
      .check(z.describe("Request ids of KMS, as in CloudTrail's events of the key.")),
  })
  .check(z.meta({ id: 'Ceremony' }));

export function renderCeremony(ceremony: Ceremony): z.infer<typeof ceremonyView> {
  const { rootId, at, kmsRequestIds = [], ...rest } = ceremony;
  return withoutUndefined({ ...rest, root: rootId, at: toRfc3339(at), kmsRequestIds: [...kmsRequestIds] });
}
