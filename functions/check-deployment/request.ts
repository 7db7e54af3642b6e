import * as z from 'zod/mini';
import { CA_KEY_SPECS } from '../../shared/domain/authority.ts';
import type { Declaration } from '../../shared/domain/declaration.ts';
import { type Cidr, parseCidr } from '../../shared/domain/ip-network.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { NAME_CONSTRAINTS, wrongIn } from '../../shared/http/authority-properties.ts';

const RESOURCE = 'Custom::DeploymentCheck';

const KEY_SPEC = z.enum(CA_KEY_SPECS);

const properties = z.strictObject({
  ServiceToken: z.string(),
  ServiceTimeout: z.optional(z.string()),
  authority: z.string(),
  trustDomain: z.string(),
  roots: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ id: z.string(), kind: z.literal('kms'), keySpec: KEY_SPEC }),
      z.strictObject({ id: z.string(), kind: z.literal('external'), certificateSha256: z.string() }),
    ]),
  ),
  issuers: z.array(z.strictObject({ id: z.string(), keySpec: KEY_SPEC })),
  nameConstraints: NAME_CONSTRAINTS,
  otherAuthorities: z.enum(['refuse', 'accept']),
  regions: z.optional(z.strictObject({ primary: z.string(), standby: z.string(), active: z.string() })),
  // Only so that the check runs when it changes; the function has its name in its environment.
  table: z.optional(z.string()),
});

/** The properties of the custom resource, read. */
export interface DeploymentProperties {
  readonly declaration: Declaration;
  readonly otherAuthorities: 'refuse' | 'accept';
}

/** @throws Error naming the properties that are wrong; the deployment fails with it. */
export function readDeployment(resourceProperties: unknown): DeploymentProperties {
  const read = properties.safeParse(resourceProperties);
  if (!read.success) throw new Error(`${RESOURCE}: ${z.prettifyError(read.error)}`);
  const { authority, trustDomain, roots, issuers, nameConstraints, otherAuthorities, regions } = read.data;
  const { permittedDns = [], permittedIp = [] } = nameConstraints ?? {};
  const networks = permittedIp.map(
    (text): Cidr => parseCidr(text) ?? wrongIn(RESOURCE)('nameConstraints.permittedIp', text),
  );
  return {
    declaration: {
      authority,
      trustDomain,
      roots,
      issuers,
      nameConstraints: { permittedDns, permittedIp: networks },
      ...withoutUndefined({ regions }),
    },
    otherAuthorities,
  };
}

const earlier = z.object({ regions: z.object({ active: z.string() }) });

/** The Region that the deployment before this one made active; undefined where it said nothing. */
export function readAskedBefore(oldProperties: unknown): string | undefined {
  return earlier.safeParse(oldProperties).data?.regions.active;
}
