import * as z from 'zod/mini';
import { CA_KEY_SPECS, ISSUER_STATES, type Issuer, type IssuerChange } from '../../domain/authority.ts';
import { toRfc3339 } from '../../domain/instant.ts';
import { REVOCATION_REASONS, type RevocationReason } from '../../domain/revocation.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import type { Format } from '../../schema/format.ts';
import { text } from '../schema.ts';
import { optionalTime, time } from './words.ts';

const ISSUER_ID: Format = {
  id: 'IssuerId',
  rule: '"issuer-" and a number, as in "issuer-2"',
  pattern: /^issuer-[1-9][0-9]{0,2}$/,
};

/** The id of an issuer or of its slot, in requests. */
export const issuerId = text((id) => (ISSUER_ID.pattern?.test(id) ? id : undefined), ISSUER_ID);

/** The path of routes about one issuer. */
export const issuerPath = z.strictObject({ id: issuerId });

const changeView = z.object({
  to: z.enum(ISSUER_STATES),
  at: time,
  by: z.string().check(z.describe('ARN of the IAM principal; "fleetseal" for the service itself.')),
  comment: z.optional(z.string()),
});

const REASONS = Object.keys(REVOCATION_REASONS) as RevocationReason[];

/** An issuer in responses. Intersect it with what a response says besides: `z.extend` would take the name along. */
export const issuerView = z
  .object({
    id: z.string(),
    state: z.enum(ISSUER_STATES),
    keySpec: z.enum(CA_KEY_SPECS),
    root: z.string().check(z.describe('Id of the root that certifies it.')),
    serialNumber: z.optional(
      z.string().check(z.describe('Hex; absent until an external root certifies it.')),
    ),
    notBefore: z.optional(time),
    notAfter: z.optional(time),
    certificate: z.optional(z.string().check(z.describe('PEM; absent while PENDING.'))),
    chain: z.optional(
      z
        .array(z.string())
        .check(z.describe('PEM of the CAs between it and an external root, from its own CA upwards.')),
    ),
    csr: z.optional(
      z
        .string()
        .check(z.describe('Below an external root: PEM of its CSR (PKCS #10), for the CA of that root.')),
    ),
    createdAt: time,
    changes: z.array(changeView).check(z.describe('How it came to its state, oldest first.')),
    drainedAt: z.optional(time),
    compromisedAt: z.optional(time),
    revokeAt: z.optional(
      z.string().check(z.meta({ format: 'date-time', description: 'When the root is to revoke it.' })),
    ),
    revokedAt: z.optional(time),
    revocationReason: z.optional(z.enum(REASONS)),
  })
  .check(z.meta({ id: 'Issuer' }));

/** @param toPem of a DER; the arrows keep this folder from knowing PEM. */
export function renderIssuer(
  issuer: Issuer,
  toPem: (label: string, der: Uint8Array) => string,
): z.infer<typeof issuerView> {
  const { validity, certificate, chain, request, changes = [], revocation } = issuer;
  return withoutUndefined({
    id: issuer.id,
    state: issuer.state,
    keySpec: issuer.keySpec,
    root: issuer.rootId,
    serialNumber: issuer.serialNumber,
    notBefore: optionalTime(validity?.notBefore),
    notAfter: optionalTime(validity?.notAfter),
    certificate: certificate && toPem('CERTIFICATE', certificate),
    chain: chain?.map((ca) => toPem('CERTIFICATE', ca)),
    csr: request?.csr && toPem('CERTIFICATE REQUEST', request.csr),
    createdAt: toRfc3339(issuer.createdAt),
    changes: changes.map(renderChange),
    drainedAt: optionalTime(issuer.drainedAt),
    compromisedAt: optionalTime(issuer.compromisedAt),
    revokeAt: optionalTime(issuer.revokeAt),
    revokedAt: optionalTime(revocation?.revokedAt),
    revocationReason: revocation?.reason,
  });
}

function renderChange({ to, at, by, comment }: IssuerChange): z.infer<typeof changeView> {
  return withoutUndefined({ to, at: toRfc3339(at), by, comment });
}
