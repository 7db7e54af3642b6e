import * as z from 'zod/mini';
import type { AdditionalRoot } from '../../domain/additional-root.ts';
import { toRfc3339 } from '../../domain/instant.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import { text } from '../schema.ts';
import { CERTIFICATE_SHA256 } from './formats.ts';
import { time } from './words.ts';

/** The path of routes about one additional root. */
export const additionalRootPath = z.strictObject({
  id: text(parseFingerprint, CERTIFICATE_SHA256).check(z.describe('Fingerprint of the certificate.')),
});

/** As lower-case hex digits. */
function parseFingerprint(fingerprint: string): string | undefined {
  return CERTIFICATE_SHA256.pattern?.test(fingerprint)
    ? fingerprint.replaceAll(':', '').toLowerCase()
    : undefined;
}

/** An additional root in responses. */
export const additionalRootView = z
  .object({
    sha256: z.string().check(z.describe("Hex SHA-256 of the certificate's DER; DELETE takes it.")),
    subject: z.string(),
    notBefore: time,
    notAfter: time,
    addedAt: time,
    addedBy: z.optional(
      z
        .string()
        .check(z.describe('ARN of the IAM principal who added it; absent if only the settings name it.')),
    ),
    inSettings: z
      .boolean()
      .check(
        z.describe(
          'Whether the setting additionalRoots of the last deployment names it: then only another deployment removes it.',
        ),
      ),
    certificate: z.string().check(z.describe('PEM.')),
  })
  .check(z.meta({ id: 'AdditionalRoot' }));

/** @param pem - of its certificate. */
export function renderAdditionalRoot(root: AdditionalRoot, pem: string): z.infer<typeof additionalRootView> {
  return withoutUndefined({
    sha256: root.sha256,
    subject: root.subject,
    notBefore: toRfc3339(root.validity.notBefore),
    notAfter: toRfc3339(root.validity.notAfter),
    addedAt: toRfc3339(root.addedAt),
    addedBy: root.addedBy,
    inSettings: root.inSettings,
    certificate: pem,
  });
}
