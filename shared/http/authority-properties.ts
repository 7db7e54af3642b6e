import * as z from 'zod/mini';
import { CA_KEY_SPECS } from '../domain/authority.ts';
import { type DnsName, parseDnsName } from '../domain/dns-name.ts';
import { type Cidr, parseCidr } from '../domain/ip-network.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import { parseRevocationUrl, type RevocationUrl } from '../domain/revocation-url.ts';

/*
 * What the custom resources of the authority have in common: the properties that declare its CAs. CloudFormation sends
 * every number as a string.
 */

/** A whole number of seconds, at least 1. */
const SECONDS = z.pipe(z.coerce.number(), z.int().check(z.positive()));

/** Number of revocation lists of an issuer. */
export const CRL_SHARDS = z.pipe(z.coerce.number(), z.int().check(z.minimum(1), z.maximum(128)));

/** A key of the template with what its certificate will have. */
export const CA_KEY = z.strictObject({
  id: z.string(),
  keyArn: z.string(),
  keySpec: z.enum(CA_KEY_SPECS),
  lifetimeSeconds: SECONDS,
});

/** A root without a key in KMS; PEM. */
export const EXTERNAL_ROOT = z.strictObject({ id: z.string(), certificate: z.string() });

/** Names that issuers may certify, as in the settings. */
export const NAME_CONSTRAINTS = z.optional(
  z.strictObject({
    permittedDns: z._default(z.array(z.string()), []),
    permittedIp: z._default(z.array(z.string()), []),
  }),
);

/** The properties that are texts of a form of their own, read. */
export interface ReadProperties {
  readonly revocationUrl: RevocationUrl;
  /** Undefined where nothing limits the names. */
  readonly nameConstraints: NameConstraints | undefined;
}

/**
 * @param resource type of the custom resource, for the message.
 * @throws Error naming the first property that is wrong; the deployment fails with it.
 */
export function readAuthorityProperties(
  resource: string,
  {
    revocationUrl,
    nameConstraints,
  }: { readonly revocationUrl: string; readonly nameConstraints?: z.infer<typeof NAME_CONSTRAINTS> },
): ReadProperties {
  const wrong = wrongIn(resource);
  const { permittedDns = [], permittedIp = [] } = nameConstraints ?? {};
  const limits = {
    permittedDns: permittedDns.map(
      (text): DnsName => parseDnsName(text) ?? wrong('nameConstraints.permittedDns', text),
    ),
    permittedIp: permittedIp.map(
      (text): Cidr => parseCidr(text) ?? wrong('nameConstraints.permittedIp', text),
    ),
  };
  return {
    revocationUrl: parseRevocationUrl(revocationUrl) ?? wrong('revocationUrl', revocationUrl),
    nameConstraints: permittedDns.length + permittedIp.length === 0 ? undefined : limits,
  };
}

/** Stops the deployment for a property. */
export function wrongIn(resource: string): (property: string, value: string) => never {
  return (property, value) => {
    throw new Error(`${resource}: ${property}: ${value} is not valid`);
  };
}
