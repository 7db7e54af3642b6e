import * as z from 'zod/mini';
import { kitFormat } from '../../shared/delivery/represent-kit.ts';
import { parseCommonName } from '../../shared/domain/common-name.ts';
import { parseDnsName } from '../../shared/domain/dns-name.ts';
import { parseIpAddress } from '../../shared/domain/ip-address.ts';
import { KEY_KINDS } from '../../shared/domain/key-kind.ts';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import { deploymentSchema } from '../../shared/elastic/deployment/deployment.ts';
import { serialNumber } from '../../shared/http/contract/certificate-path.ts';
import { COMMON_NAME, DNS_NAME, IP_ADDRESS } from '../../shared/http/contract/formats.ts';
import { text } from '../../shared/http/schema.ts';
import { MAX_NAMES } from '../../shared/issuance/profile-names.ts';

/** The body of `POST /v1/kits`. */
export const renderKitBody = z.strictObject({
  profile: z.enum(PROFILE_NAMES),
  name: text(parseCommonName, COMMON_NAME),
  dnsNames: z.optional(z.array(text(parseDnsName, DNS_NAME)).check(z.maxLength(MAX_NAMES))),
  ipAddresses: z.optional(z.array(text(parseIpAddress, IP_ADDRESS)).check(z.maxLength(MAX_NAMES))),
  serialNumber: z.optional(
    serialNumber.check(
      z.describe(
        '36 hex digits, with or without colons, or decimal; of a certificate for this profile and name. If omitted, the certificate is not yet issued.',
      ),
    ),
  ),
  keyKind: z.optional(
    z
      .enum(KEY_KINDS)
      .check(
        z.describe('Some rules and notes depend on it. By default that of the certificate, otherwise rsa.'),
      ),
  ),
  format: z.optional(kitFormat),
  deployment: deploymentSchema,
});
