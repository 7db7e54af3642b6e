import * as z from 'zod/mini';
import { domainName } from './domain-name.ts';
import { about, whole } from './setting.ts';

const DEFAULTS = {
  crlShards: 16,
  listLifetimeHours: 72,
  rootListLifetimeDays: 30,
  cacheSeconds: 60,
  ocspLifetimeHours: 24,
};

/** CloudFront takes certificates from US East (N. Virginia) only (developer guide, "Requirements for using SSL/TLS certificates"). */
const CERTIFICATE_ARN = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
      'must be the ARN of a certificate of AWS Certificate Manager in us-east-1, where CloudFront reads it',
    ),
  );

/** The setting `revocation`. */
export const REVOCATION = about(
  'Revocation lists and OCSP.',
  z._default(
    z.strictObject({
      crlShards: about(
        "Revocation lists that an issuer's certificates are spread over. Applied when the issuer is certified; later changes have no effect on it.",
        z._default(whole(1, 128), DEFAULTS.crlShards),
      ),
      listLifetimeHours: about(
        "Hours that an issuer's revocation lists are valid; they are renewed after a third of that time.",
        z._default(whole(2, 239), DEFAULTS.listLifetimeHours),
      ),
      rootListLifetimeDays: about(
        "Days that the root's revocation lists are valid; they are renewed after a third of that time.",
        z._default(whole(7, 180), DEFAULTS.rootListLifetimeDays),
      ),
      cacheSeconds: about(
        'Seconds that CloudFront and clients may cache a revocation list or an OCSP response: the longest that a revocation stays unseen after it was published.',
        z._default(whole(1, 3600), DEFAULTS.cacheSeconds),
      ),
      ocspLifetimeHours: about(
        'Hours that an OCSP response is valid.',
        z._default(whole(1, 168), DEFAULTS.ocspLifetimeHours),
      ),
      domainName: about(
        "DNS name of the revocation data, `http://<domainName>`, as an alias of the CloudFront distribution; default: the distribution's own name. Choose it before the first deployment: certificates contain it.",
        z.optional(domainName('pki.example.com')),
      ),
      certificateArn: about(
        'ARN of a certificate for `domainName` in AWS Certificate Manager, in us-east-1. Set both or neither.',
        z.optional(CERTIFICATE_ARN),
      ),
    }),
    DEFAULTS,
  ),
);
