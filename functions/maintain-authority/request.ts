import * as z from 'zod/mini';
import type { Slot } from '../../shared/domain/slot.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import {
  CA_KEY,
  CRL_SHARDS,
  NAME_CONSTRAINTS,
  readAuthorityProperties,
} from '../../shared/http/authority-properties.ts';

const RESOURCE = 'Custom::AuthorityData';

/** CloudFormation sends booleans as strings. */
const ROOT_KEY = z.extend(CA_KEY, {
  disabledBetweenUses: z.optional(
    z.pipe(
      z.literal('true'),
      z.transform(() => true),
    ),
  ),
});

/** What else is among the properties is there so that a change of it runs the function. */
const properties = z.object({
  authority: z.string(),
  roots: z.array(ROOT_KEY),
  issuers: z.array(CA_KEY).check(z.minLength(1)),
  revocationUrl: z.string(),
  crlShards: CRL_SHARDS,
  nameConstraints: NAME_CONSTRAINTS,
});

const settings = z.object({ additionalRoots: z._default(z.array(z.string()), []) });

/** The setting `additionalRoots` in the properties of `Custom::AuthorityData`: PEM. @throws Error where it is malformed. */
export function readAdditionalRoots(resourceProperties: unknown): readonly string[] {
  return readAs(settings, resourceProperties).additionalRoots;
}

function readAs<Schema extends z.ZodMiniType>(schema: Schema, resourceProperties: unknown): z.infer<Schema> {
  const read = schema.safeParse(resourceProperties);
  if (!read.success) throw new Error(`${RESOURCE}: ${z.prettifyError(read.error)}`);
  return read.data;
}

/**
 * The slots in the properties of `Custom::AuthorityData`, roots first, in the order of the settings.
 *
 * @throws Error naming the properties that are wrong; the deployment fails with it.
 */
export function readSlots(resourceProperties: unknown): readonly Slot[] {
  const read = readAs(properties, resourceProperties);
  const { authority, roots, issuers, crlShards } = read;
  const { revocationUrl, nameConstraints } = readAuthorityProperties(RESOURCE, read);
  return [
    ...roots.map((key, place) => withoutUndefined({ kind: 'root' as const, ...key, place, authority })),
    ...issuers.map((key, place) =>
      withoutUndefined({
        kind: 'issuer' as const,
        ...key,
        place,
        authority,
        revocationUrl,
        crlShards,
        nameConstraints,
      }),
    ),
  ];
}
