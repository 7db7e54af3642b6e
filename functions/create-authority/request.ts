import * as z from 'zod/mini';
import { parseTrustDomain } from '../../shared/domain/trust-domain.ts';
import {
  CA_KEY,
  CRL_SHARDS,
  NAME_CONSTRAINTS,
  readAuthorityProperties,
  wrongIn,
} from '../../shared/http/authority-properties.ts';
import type { AuthorityPlan } from '../../shared/issuance/create-authority.ts';

const RESOURCE = 'Custom::Authority';

const properties = z.strictObject({
  ServiceToken: z.string(),
  ServiceTimeout: z.optional(z.string()),
  authority: z.string(),
  trustDomain: z.string(),
  root: CA_KEY,
  issuers: z.array(CA_KEY).check(z.minLength(1)),
  revocationUrl: z.string(),
  crlShards: CRL_SHARDS,
  nameConstraints: NAME_CONSTRAINTS,
});

/**
 * The plan in the properties of `Custom::Authority`.
 *
 * @throws Error naming the properties that are wrong; the deployment fails with it.
 */
export function readPlan(resourceProperties: unknown): AuthorityPlan {
  const read = properties.safeParse(resourceProperties);
  if (!read.success) throw new Error(`${RESOURCE}: ${z.prettifyError(read.error)}`);
  const { authority, trustDomain, root, issuers, crlShards } = read.data;
  const [first, ...rest] = issuers;
  if (first === undefined) throw new Error(`${RESOURCE}: issuers is empty`);
  return {
    authority,
    trustDomain: parseTrustDomain(trustDomain) ?? wrongIn(RESOURCE)('trustDomain', trustDomain),
    root,
    issuers: [first, ...rest],
    crlShards,
    ...readAuthorityProperties(RESOURCE, read.data),
  };
}
