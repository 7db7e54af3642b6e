import type { Resource } from './assembly.ts';
import { arn, multiRegionKeyId, streamArnOf } from './physical.ts';
import type { Physical, Place } from './place.ts';

/** What the check of a deployment in two Regions has among its properties. */
interface Declared {
  readonly authority: string;
  readonly roots: readonly { readonly id: string; readonly kind: string }[];
  readonly issuers: readonly { readonly id: string }[];
  readonly regions?: { readonly standby: string };
}

/**
 * What the check of a deployment is going to say of the primary Region: in the standby one, policies and keys contain it, and
 * they are read before a function runs. What the function says replaces it.
 *
 * @returns undefined for any other resource, and in any other Region
 */
export function replicasOf({ type, stack, properties }: Resource, place: Place): Physical | undefined {
  if (type !== 'Custom::DeploymentCheck') return undefined;
  const { authority, roots, issuers, regions } = properties as unknown as Declared;
  if (regions?.standby !== place.region) return undefined;
  const keys = [
    ...roots.filter(({ kind }) => kind === 'kms').map(({ id }) => ['CA', id] as const),
    ...issuers.map(({ id }) => ['CA', id] as const),
    ['OCSP', 'responder-1'] as const,
  ].map(([purpose, id]) => {
    const key = multiRegionKeyId(stack, `fleetseal ${purpose} key ${id} of ${authority}`);
    return [id.replaceAll('-', ''), key.slice('mrk-'.length)];
  });
  const StreamArn = streamArnOf(arn(place, 'dynamodb', `table/fleetseal-${authority}`));
  return { ref: 'deployment', attributes: { StreamArn, ...Object.fromEntries(keys) } };
}
