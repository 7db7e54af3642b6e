import * as z from 'zod/mini';
import { PROFILE_NAMES } from '../../../shared/domain/profile.ts';
import { LEAF_REVOCATION_REASONS } from '../../../shared/domain/revocation.ts';

/** An event: when it is published, and what its `detail` has. */
export interface EventSchema {
  readonly when: string;
  readonly detail: z.ZodMiniType;
}

const text = (description: string) => about(description, z.string());
const time = (description: string) =>
  about(`${description}, RFC 3339`, z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)));
const serialNumber = () => z.string().check(z.regex(/^[0-9a-f]{36}$/));
const serial = about('36 hex digits', serialNumber());

function about<Schema extends z.ZodMiniType>(description: string, schema: Schema): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}

const ID = text('the same if the event is published twice');
const BY = text('ARN of the administrator, or `fleetseal`');

const ISSUER = {
  id: ID,
  issuer: text('id of the issuer, as in `issuer-2`'),
  root: text('id of its root'),
  serialNumber: z.optional(serial),
  notAfter: z.optional(time('end of its certificate')),
};

const CERTIFICATE = {
  id: ID,
  serialNumber: serial,
  serialNumberDecimal: text('the same as a decimal number, as Fleet Server logs it'),
  issuer: text('id of its issuer'),
  profile: z.enum(PROFILE_NAMES),
  name: text('its name'),
  dnsNames: z.array(z.string()),
  ipAddresses: z.array(z.string()),
  notAfter: time('its end'),
};

const ISSUED = {
  ...CERTIFICATE,
  notBefore: time('its start'),
  publicKeySha256: text('hex SHA-256 of its public key (SubjectPublicKeyInfo)'),
  tokenId: text('id of the token that it goes back to'),
};

const ISSUER_CHANGE = z.strictObject({ ...ISSUER, state: text('its state since then'), by: BY });

const ROOT_CHANGE = z.strictObject({
  id: ID,
  root: text('id of the root, as in `root-2`'),
  predecessor: z.optional(text('id of the root that it follows')),
  serialNumber: z.optional(serial),
  notAfter: time('end of its certificate'),
  state: text('its state since then'),
  by: BY,
});

const ADDITIONAL_ROOT = z.strictObject({
  id: ID,
  sha256: text('hex SHA-256 of its certificate'),
  subject: text('its subject'),
  by: BY,
});

/** Every event by its type: the ONE table, which docs/events.md shows, and which a test compares with what is published. */
export const EVENTS: Readonly<Record<string, EventSchema>> = {
  'certificate.issued': {
    when: 'A certificate was issued for a token. Published only if the setting `certificateEvents` is `all`.',
    detail: z.strictObject(ISSUED),
  },
  'certificate.renewed': {
    when: 'A certificate was issued that renews another one. Published only if the setting `certificateEvents` is `all`.',
    detail: z.strictObject({
      ...ISSUED,
      predecessor: about('36 hex digits: the serial number of the one that it renews', serialNumber()),
    }),
  },
  'certificate.revoked': {
    when: 'A certificate was revoked. Of what was given up before it was signed there is no event.',
    detail: z.strictObject({
      ...CERTIFICATE,
      reason: z.enum(LEAF_REVOCATION_REASONS),
      by: text('ARN of the administrator; `holder of the key, from <address>`; or `fleetseal`'),
    }),
  },
  'certificate.expiring': {
    when: 'A certificate in use ends within 14, 7, 3 or 1 days, and nobody renews it.',
    detail: z.strictObject({
      ...CERTIFICATE,
      daysLeft: z.union([z.literal(14), z.literal(7), z.literal(3), z.literal(1)]),
    }),
  },
  'enrollment.rejected': {
    when: 'An enrollment was refused although its token was recognised: the caller had the secret of the token. Other refusals have no event.',
    detail: z.strictObject({
      id: ID,
      requestId: text('id of the request, as in its response; callers may choose it'),
      tokenId: text('id of the token'),
      name: text('the name that was asked for'),
      sourceIp: text('address of the caller, as the gateway saw it'),
      code: text('code of the problem document, as in `name_in_use`'),
      tokenIs: z.optional(
        about('why the token is rejected; absent for other codes', z.enum(['revoked', 'expired', 'spent'])),
      ),
    }),
  },
  'issuer.certified': { when: 'The root has certified an issuer; it waits.', detail: ISSUER_CHANGE },
  'issuer.activated': { when: 'An issuer issues from now on.', detail: ISSUER_CHANGE },
  'issuer.draining': { when: 'An issuer issues no more.', detail: ISSUER_CHANGE },
  'issuer.retired': { when: 'An issuer has nothing left to sign.', detail: ISSUER_CHANGE },
  'issuer.compromised': {
    when: 'The key of an issuer was reported as compromised.',
    detail: z.strictObject({
      ...ISSUER,
      state: text('its state since then'),
      by: BY,
      revokeAt: z.optional(time('when a root in KMS revokes it')),
    }),
  },
  'issuer.revoked': {
    when: 'The root has revoked a compromised issuer.',
    detail: z.strictObject({ ...ISSUER, reason: text('as in RFC 5280 section 5.3.1') }),
  },
  'root.certified': { when: 'A root is in the trust bundle of hosts from now on.', detail: ROOT_CHANGE },
  'root.activated': { when: 'A root certifies issuers from now on.', detail: ROOT_CHANGE },
  'root.draining': { when: 'A root certifies no more.', detail: ROOT_CHANGE },
  'root.retired': { when: 'A root has left the trust bundle.', detail: ROOT_CHANGE },
  'root.added': { when: 'The root of another CA has joined the trust bundle.', detail: ADDITIONAL_ROOT },
  'root.removed': { when: 'The root of another CA has left the trust bundle.', detail: ADDITIONAL_ROOT },
  'signature.unexplained': {
    when: 'A key of the authority was used, or somebody tried, and no function logged it.',
    detail: z.strictObject({
      id: ID,
      cloudTrailEventId: text('`eventID` of the record in CloudTrail'),
      usedAt: time('when'),
      keyArn: text('ARN of the key'),
      kmsRequestId: text('id of the request to KMS'),
      principal: text('ARN of the caller'),
      error: z.optional(text('why KMS refused it; absent where it signed')),
    }),
  },
};
