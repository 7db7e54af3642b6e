import * as z from 'zod/mini';

/*
 * The form of `deployment`: which fields there are and of which type. What they may say is checked by
 * `shared/elastic/deployment.ts`, all rules at once and each with its reason.
 */

const trust = z.union([
  z.enum(['fleetseal', 'system']),
  z.strictObject({ pem: z.string() }),
  z.strictObject({ path: z.string() }),
]);

const headers = z.record(z.string(), z.string());

const agent = z.strictObject({
  unprivileged: z.optional(z.boolean()),
  user: z.optional(z.string()),
  group: z.optional(z.string()),
  tags: z.optional(z.array(z.string())),
  headers: z.optional(headers),
  proxy: z.optional(
    z.strictObject({
      url: z.optional(z.string()),
      headers: z.optional(headers),
      disabled: z.optional(z.boolean()),
    }),
  ),
  elasticDefend: z.optional(z.boolean()),
  fips: z.optional(z.boolean()),
});

export const deploymentSchema = z.strictObject({
  model: z.optional(z.string()),
  stackVersion: z.optional(z.string()),
  os: z.optional(z.string()),
  fleetUrl: z.optional(z.string()),
  fleetEnrollmentToken: z.optional(z.string()),
  directory: z.optional(z.string()),
  keyPassphraseFile: z.optional(z.string()),
  agent: z.optional(agent),
  container: z.optional(
    z.strictObject({ runtime: z.optional(z.string()), uid: z.optional(z.int().check(z.nonnegative())) }),
  ),
  trust: z.optional(z.strictObject({ fleetServer: z.optional(trust), elasticsearch: z.optional(trust) })),
});
