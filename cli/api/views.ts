import * as z from 'zod/mini';
import { CommandError } from '../command-error.ts';

/*
 * What commands read in the service's answers: only these fields, so that a service that says more or less is
 * understood as far as possible. `--json` prints the answer as it came.
 */

export const tokenView = z.object({
  id: z.string(),
  profile: z.string(),
  names: z.object({ commonName: z.string(), dns: z.array(z.string()), ip: z.array(z.string()) }),
  maxUses: z.number(),
  uses: z.number(),
  state: z.string(),
  expiresAt: z.string(),
  certificateLifetime: z.string(),
  onExistingName: z.string(),
  exclusiveDns: z.boolean(),
  bind: z.object({ csrSha256: z.optional(z.string()), sourceCidr: z.array(z.string()) }),
  description: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  revokedAt: z.optional(z.string()),
});

export type TokenView = z.infer<typeof tokenView>;

export const newTokenView = z.extend(tokenView, { token: z.string(), bootstrap: z.optional(z.string()) });

export type NewTokenView = z.infer<typeof newTokenView>;

export const certificateView = z.object({
  serialNumber: z.string(),
  serialNumberDecimal: z.string(),
  issuer: z.string(),
  profile: z.string(),
  name: z.string(),
  dnsNames: z.array(z.string()),
  ipAddresses: z.array(z.string()),
  notBefore: z.string(),
  notAfter: z.string(),
  state: z.string(),
  expired: z.boolean(),
  publicKeySha256: z.string(),
  tokenId: z.string(),
  reservedAt: z.string(),
  issuedAt: z.optional(z.string()),
  revokedAt: z.optional(z.string()),
});

export type CertificateView = z.infer<typeof certificateView>;

export const certificateRecord = z.extend(certificateView, {
  revocation: z.optional(
    z.object({ reason: z.string(), revokedBy: z.string(), comment: z.optional(z.string()) }),
  ),
  keyKind: z.string(),
  predecessor: z.optional(z.string()),
  successor: z.optional(z.object({ serialNumber: z.string(), confirmedAt: z.optional(z.string()) })),
  certificate: z.optional(z.string()),
  archivedAt: z.optional(z.string()),
  exclusiveDns: z.boolean(),
  sourceIp: z.string(),
  requestId: z.string(),
  attempts: z.array(z.object({ at: z.string(), outcome: z.string() })),
});

export type CertificateRecord = z.infer<typeof certificateRecord>;

const caView = z.object({
  id: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  certificate: z.string(),
});

export const trustView = z.object({
  roots: z.array(caView),
  issuers: z.array(z.extend(caView, { state: z.string() })),
  bundle: z.string(),
  sha256: z.string(),
});

export type TrustView = z.infer<typeof trustView>;

export const kitView = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      role: z.string(),
      source: z.string(),
      mode: z.nullable(z.string()),
      owner: z.nullable(z.string()),
      group: z.nullable(z.string()),
      contents: z.nullable(z.string()),
      purpose: z.string(),
    }),
  ),
  notes: z.array(z.object({ code: z.string(), severity: z.string(), message: z.string() })),
});

export type KitView = z.infer<typeof kitView>;

export type KitFile = KitView['files'][number];

export const revocationView = z.object({
  revoked: z.array(
    z.object({
      serialNumber: z.string(),
      revokedAt: z.string(),
      reason: z.string(),
      revokedBy: z.string(),
    }),
  ),
  /** How many are revoked, also those that are not listed. */
  count: z.number(),
  effect: z.record(z.string(), z.unknown()),
  /** Whether everything is revoked; the same request goes on otherwise. */
  complete: z.boolean(),
  cursor: z.optional(z.string()),
});

export type RevocationView = z.infer<typeof revocationView>;

export const historyView = z.object({
  items: z.array(z.looseObject({ at: z.string(), event: z.string(), by: z.optional(z.string()) })),
});

export type HistoryEntry = z.infer<typeof historyView>['items'][number];

/** A blocked name or a blocked key. */
export const blockView = z.object({
  profile: z.optional(z.string()),
  name: z.optional(z.string()),
  spkiSha256: z.optional(z.string()),
  blockedAt: z.string(),
  blockedBy: z.string(),
  reason: z.optional(z.string()),
  comment: z.optional(z.string()),
});

export type BlockView = z.infer<typeof blockView>;

const changeView = z.object({
  to: z.string(),
  at: z.string(),
  by: z.string(),
  comment: z.optional(z.string()),
});

export const issuerView = z.object({
  id: z.string(),
  state: z.string(),
  keySpec: z.string(),
  root: z.string(),
  notBefore: z.optional(z.string()),
  notAfter: z.optional(z.string()),
  certificate: z.optional(z.string()),
  csr: z.optional(z.string()),
  changes: z.array(changeView),
  warnings: z.optional(z.array(z.string())),
  revokeAt: z.optional(z.string()),
  revokedAt: z.optional(z.string()),
  /** What takes effect where and when, after a compromise. */
  effect: z.optional(z.record(z.string(), z.string())),
});

export type IssuerView = z.infer<typeof issuerView>;

export const issuersView = z.object({ items: z.array(issuerView), freeSlots: z.array(z.string()) });

export const additionalRootView = z.object({
  sha256: z.string(),
  subject: z.string(),
  notAfter: z.string(),
  addedBy: z.optional(z.string()),
  inSettings: z.boolean(),
});

export const rootView = z.object({
  id: z.string(),
  state: z.string(),
  keySpec: z.optional(z.string()),
  notAfter: z.string(),
  changes: z.array(changeView),
  acknowledgement: z.optional(z.object({ verifiers: z.array(z.string()), at: z.string(), by: z.string() })),
  adoption: z.optional(z.object({ live: z.number(), adopted: z.number(), measuredAt: z.string() })),
});

export type RootView = z.infer<typeof rootView>;

export const rootsView = z.object({
  roots: z.array(rootView),
  additionalRoots: z.array(additionalRootView),
});

export const replacementView = z.object({
  id: z.string(),
  selector: z.record(z.string(), z.string()),
  by: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
});

export type ReplacementView = z.infer<typeof replacementView>;

export const renewalView = z.object({
  serialNumber: z.string(),
  suggestedWindow: z.object({ start: z.string(), end: z.string() }),
  explanation: z.string(),
});

/** A page of a listing. */
export const pageView = z.object({ items: z.array(z.unknown()), cursor: z.nullable(z.string()) });

/** @throws CommandError `unavailable` where the answer is not what this version of the command line reads. */
export function read<Schema extends z.ZodMiniType>(schema: Schema, json: unknown): z.infer<Schema> {
  const result = z.safeParse(schema, json);
  if (result.success) return result.data;
  const where = result.error.issues
    .map(({ path }) => path.join('.') || 'the whole')
    .slice(0, 3)
    .join(', ');
  throw new CommandError(
    'unavailable',
    `The service's answer has another form than expected, at ${where}. The command line and the service are of different versions; use the one that was deployed with the service, or --json.`,
  );
}
