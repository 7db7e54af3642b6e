import * as z from 'zod/mini';
import { CA_KEY_SPECS } from '../../shared/domain/authority.ts';
import { externalRootProblems } from '../../shared/pki/external-root.ts';
import { describeCertificate, readOneCertificate } from '../../shared/pki/trust-anchor.ts';
import { about, whole } from './setting.ts';

/*
 * The settings of roots: each has its key in KMS, or is the root of a CA outside of this service, which certifies the
 * issuers.
 */

export const KEY_SPEC = z.enum(CA_KEY_SPECS, { error: ({ input }) => keySpecRule(input) });

function keySpecRule(given: unknown): string {
  const rule = `must be one of ${CA_KEY_SPECS.join(', ')}`;
  if (typeof given !== 'string' || !given.startsWith('ML_DSA_')) return rule;
  return `${rule}: the TLS of Elastic's components does not verify ML-DSA`;
}

export const lifetime = (min: number, max: number, years: number) =>
  about(
    'Years. Applied when the CA certificate is issued; later changes have no effect on it.',
    z._default(whole(min, max), years),
  );

/** The certificate of an external root. When it is valid is checked when it is recorded. */
const CERTIFICATE = z.string('must be the certificate of the root, in PEM').check(({ value, issues }) => {
  const certificate = readOneCertificate(value);
  const problems =
    typeof certificate === 'string'
      ? [certificate]
      : externalRootProblems(certificate).map(
          (problem) => `"${describeCertificate(certificate).subject}" ${problem}`,
        );
  for (const message of problems) issues.push({ code: 'custom', message, input: value });
});

const KIND_RULE = 'must be "kms" or "external"';

const KIND =
  '`kms`: the root has a key in KMS. `external`: a CA of yours has it, certifies each issuer from its CSR, and revokes it. Choose before the first deployment.';

const inKms = (keySpec: string, least: number) => ({
  kind: about(KIND, z._default(z.literal('kms'), 'kms')),
  keySpec: about(keySpec, z._default(KEY_SPEC, 'RSA_4096')),
  lifetimeYears: lifetime(least, 30, 20),
  disabledBetweenUses: about(
    'Whether the key is disabled in KMS while no use of it is recorded: the functions that use it enable it, and disable it again. When you set it back to false, enable the key yourself after the deployment.',
    z._default(z.boolean('must be true or false'), false),
  ),
});

const external = {
  kind: about(KIND, z.literal('external')),
  certificate: about(
    'Of an external root, in PEM; required there. A self-signed CA with an RSA or elliptic key that lets issuers follow. It cannot change: a new root is a successor.',
    CERTIFICATE,
  ),
};

/** The first root. */
export const ROOT = z._default(
  z.discriminatedUnion(
    'kind',
    [
      z.strictObject(
        inKms(
          'Choose before the first deployment: KMS cannot change the spec of a key, and a deployment that tries to fails.',
          2,
        ),
      ),
      z.strictObject(external),
    ],
    KIND_RULE,
  ),
  { kind: 'kms', keySpec: 'RSA_4096', lifetimeYears: 20, disabledBetweenUses: false },
);

const id = about(
  '`root-` and a number from 2, as in `root-2`.',
  z
    .string()
    .check(z.regex(/^root-(?:[2-9]|[1-9]\d)$/, 'must be "root-" and a number from 2 to 99, as in "root-2"')),
);

/** A root that follows another one. */
export const SUCCESSOR_ROOT = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      id,
      ...inKms('Choose before it is deployed: KMS cannot change the spec of a key.', 2),
    }),
    z.strictObject({ id, ...external }),
  ],
  KIND_RULE,
);
