import * as z from 'zod/mini';
import { parseTrustDomain, type TrustDomain } from '../../shared/domain/trust-domain.ts';
import {
  CA_KEY,
  CRL_SHARDS,
  EXTERNAL_ROOT,
  NAME_CONSTRAINTS,
  readAuthorityProperties,
  wrongIn,
} from '../../shared/http/authority-properties.ts';
import type { AuthorityPlan } from '../../shared/issuance/create-authority.ts';
import type { DeclaredExternalRoot } from '../../shared/issuance/record-external-root.ts';
import type { AskedRegion } from '../../shared/rotation/activate-region.ts';

const RESOURCE = 'Custom::Authority';

const properties = z.strictObject({
  ServiceToken: z.string(),
  ServiceTimeout: z.optional(z.string()),
  authority: z.string(),
  trustDomain: z.string(),
  root: z.union([CA_KEY, EXTERNAL_ROOT]),
  externalRoots: z._default(z.array(EXTERNAL_ROOT), []),
  issuers: z.array(CA_KEY).check(z.minLength(1)),
  revocationUrl: z.string(),
  crlShards: CRL_SHARDS,
  nameConstraints: NAME_CONSTRAINTS,
  restoredLedger: z.optional(z.string()),
  activeRegion: z.optional(z.string()),
  responderKeyArn: z.optional(z.string()),
});

const asked = z.object({
  activeRegion: z.string(),
  responderKeyArn: z.string(),
  restoredLedger: z.optional(z.string()),
});

/**
 * The Region that a deployment wants active; undefined with one Region.
 *
 * @param oldProperties those of the deployment before. @default - it is the first one
 */
export function readAskedRegion(properties: unknown, oldProperties?: unknown): AskedRegion | undefined {
  const { data } = asked.safeParse(properties);
  if (data === undefined) return undefined;
  const before = asked.safeParse(oldProperties).data;
  const changed =
    before !== undefined &&
    (before.activeRegion !== data.activeRegion || before.restoredLedger !== data.restoredLedger);
  return { activeRegion: data.activeRegion, responderKeyArn: data.responderKeyArn, changed };
}

/** Whether the settings of the deployment name a restored table. */
export function isRestored(resourceProperties: Readonly<Record<string, unknown>>): boolean {
  return resourceProperties['restoredLedger'] !== undefined;
}

/** An authority below an external root: what a deployment has to do is to record its roots. */
interface ExternalPlan {
  readonly trustDomain: TrustDomain;
  readonly root: DeclaredExternalRoot;
  /** The first one too. */
  readonly externalRoots: readonly DeclaredExternalRoot[];
}

/**
 * The plan in the properties of `Custom::Authority`.
 *
 * @throws Error naming the properties that are wrong; the deployment fails with it.
 */
export function readPlan(resourceProperties: unknown): AuthorityPlan | ExternalPlan {
  const read = properties.safeParse(resourceProperties);
  if (!read.success) throw new Error(`${RESOURCE}: ${z.prettifyError(read.error)}`);
  const { authority, trustDomain, root, issuers, crlShards } = read.data;
  const [first, ...rest] = issuers;
  if (first === undefined) throw new Error(`${RESOURCE}: issuers is empty`);
  const domain = parseTrustDomain(trustDomain) ?? wrongIn(RESOURCE)('trustDomain', trustDomain);
  if ('certificate' in root) return { trustDomain: domain, root, externalRoots: read.data.externalRoots };
  return {
    authority,
    trustDomain: domain,
    root,
    issuers: [first, ...rest],
    crlShards,
    ...readAuthorityProperties(RESOURCE, read.data),
  };
}
