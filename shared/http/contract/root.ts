import * as z from 'zod/mini';
import type { AdditionalRoot } from '../../domain/additional-root.ts';
import { CA_KEY_SPECS, ROOT_STATES, type Root } from '../../domain/authority.ts';
import { type Instant, toRfc3339 } from '../../domain/instant.ts';
import { shownState } from '../../domain/root-states.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import type { Format } from '../../schema/format.ts';
import { text } from '../schema.ts';
import { CERTIFICATE_SHA256 } from './formats.ts';
import { time } from './words.ts';

/** The path of routes about one additional root. */
export const additionalRootPath = z.strictObject({
  id: text(parseFingerprint, CERTIFICATE_SHA256).check(z.describe('Fingerprint of the certificate.')),
});

const ROOT_ID: Format = {
  id: 'RootId',
  rule: '"root-" and a number, as in "root-2"',
  pattern: /^root-[1-9][0-9]{0,2}$/,
};

/** The path of routes about one root of the authority. */
export const rootPath = z.strictObject({
  id: text((id) => (ROOT_ID.pattern?.test(id) ? id : undefined), ROOT_ID).check(
    z.describe('Id of the root, as in the setting successorRoots.'),
  ),
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

/** As callers see them: the first root is active once it is issued, another one is not ready before its cross-certificate. */
const STATES = ROOT_STATES.filter((state) => state !== 'ISSUED');

const by = z.string().check(z.describe('ARN of the IAM principal.'));

const changeView = z.object({ to: z.enum(ROOT_STATES), at: time, by });

const acknowledgementView = z.object({ verifiers: z.array(z.string()), at: time, by });

const adoptionView = z.object({
  live: z.int().check(z.describe('Names with a certificate that is valid and not revoked.')),
  adopted: z
    .int()
    .check(
      z.describe(
        'Those whose host has the root: enrolled since it is in the trust bundle, or reported a bundle with it at a renewal.',
      ),
    ),
  measuredAt: time,
});

/** A root of the authority in responses. */
export const rootView = z
  .object({
    id: z.string(),
    state: z
      .enum(STATES)
      .check(
        z.describe(
          'RESERVED: being certified. TRUSTED: in the trust bundle. ACTIVE: certifies issuers. DRAINING: trusted while issuers below it live. RETIRED: out of the trust bundle.',
        ),
      ),
    kind: z
      .enum(['kms', 'external'])
      .check(z.describe('Whether its key is in KMS, or another CA has it, which certifies the issuers.')),
    keySpec: z.optional(z.enum(CA_KEY_SPECS).check(z.describe('Of its key in KMS.'))),
    notBefore: time,
    notAfter: time,
    certificate: z.optional(z.string().check(z.describe('PEM; absent while RESERVED.'))),
    crossCertificate: z.optional(
      z.string().check(z.describe('PEM; by the root before it. Absent for the first root.')),
    ),
    changes: z.array(changeView).check(z.describe('How it came to its state, oldest first.')),
    acknowledgement: z.optional(acknowledgementView),
    adoption: z.optional(adoptionView),
  })
  .check(z.meta({ id: 'Root' }));

/** @param toPem - of a certificate; the arrows keep this folder from knowing PEM. */
export function renderRoot(root: Root, toPem: (certificate: Uint8Array) => string): z.infer<typeof rootView> {
  const { id, kind, validity, certificate, cross, changes = [], acknowledgement, adoption } = root;
  const at = <Dated extends { readonly at: Instant }>(one: Dated) => ({ ...one, at: toRfc3339(one.at) });
  return withoutUndefined({
    id,
    state: shownState(root),
    kind,
    keySpec: kind === 'kms' ? root.keySpec : undefined,
    notBefore: toRfc3339(validity.notBefore),
    notAfter: toRfc3339(validity.notAfter),
    certificate: certificate && toPem(certificate),
    crossCertificate: cross?.certificate && toPem(cross.certificate),
    changes: changes.map(at),
    acknowledgement: acknowledgement && {
      ...at(acknowledgement),
      verifiers: [...acknowledgement.verifiers],
    },
    adoption: adoption && { ...adoption, measuredAt: toRfc3339(adoption.measuredAt) },
  });
}
