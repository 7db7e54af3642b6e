import * as z from 'zod/mini';
import { CA_KEY_SPECS } from '../../shared/domain/authority.ts';
import { type DnsName, parseDnsName } from '../../shared/domain/dns-name.ts';
import { type Cidr, parseCidr } from '../../shared/domain/ip-address.ts';
import { parseRevocationUrl } from '../../shared/domain/revocation-url.ts';
import { parseTrustDomain } from '../../shared/domain/trust-domain.ts';
import type { AuthorityPlan } from '../../shared/issuance/create-authority.ts';
import type { NameConstraints } from '../../shared/pki/prepare-issuer.ts';

/** CloudFormation sends every number of a custom resource's properties as a string. */
const seconds = z.pipe(z.coerce.number(), z.int().check(z.positive()));

const shards = z.pipe(z.coerce.number(), z.int().check(z.minimum(1), z.maximum(128)));

const slot = z.strictObject({
  id: z.string(),
  keyArn: z.string(),
  keySpec: z.enum(CA_KEY_SPECS),
  lifetimeSeconds: seconds,
});

const properties = z.strictObject({
  ServiceToken: z.string(),
  ServiceTimeout: z.optional(z.string()),
  authority: z.string(),
  trustDomain: z.string(),
  root: slot,
  issuers: z.array(slot).check(z.minLength(1)),
  revocationUrl: z.string(),
  crlShards: shards,
  nameConstraints: z.optional(
    z.strictObject({
      permittedDns: z._default(z.array(z.string()), []),
      permittedIp: z._default(z.array(z.string()), []),
    }),
  ),
});

/**
 * The plan in the properties of `Custom::Authority`.
 *
 * @throws Error naming the properties that are wrong; the deployment fails with it.
 */
export function readPlan(resourceProperties: unknown): AuthorityPlan {
  const read = properties.safeParse(resourceProperties);
  if (!read.success) throw new Error(`Custom::Authority: ${z.prettifyError(read.error)}`);
  const { authority, root, issuers, nameConstraints, revocationUrl, crlShards } = read.data;
  const trustDomain = parseTrustDomain(read.data.trustDomain) ?? wrong('trustDomain', read.data.trustDomain);
  const [first, ...rest] = issuers;
  if (first === undefined) throw new Error('Custom::Authority: issuers is empty');
  const limits = readLimits(nameConstraints?.permittedDns ?? [], nameConstraints?.permittedIp ?? []);
  return {
    authority,
    trustDomain,
    root,
    issuers: [first, ...rest],
    nameConstraints: limits,
    revocationUrl: parseRevocationUrl(revocationUrl) ?? wrong('revocationUrl', revocationUrl),
    crlShards,
  };
}

/** Undefined where nothing limits the names. */
function readLimits(dns: readonly string[], ip: readonly string[]): NameConstraints | undefined {
  if (dns.length + ip.length === 0) return undefined;
  return {
    permittedDns: dns.map(
      (text): DnsName => parseDnsName(text) ?? wrong('nameConstraints.permittedDns', text),
    ),
    permittedIp: ip.map((text): Cidr => parseCidr(text) ?? wrong('nameConstraints.permittedIp', text)),
  };
}

function wrong(property: string, value: string): never {
  throw new Error(`Custom::Authority: ${property}: ${value} is not valid`);
}
