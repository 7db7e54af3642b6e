import { COMMON_NAME_RULE } from '../../../shared/domain/common-name.ts';
import { DNS_NAME_RULE } from '../../../shared/domain/dns-name.ts';
import { PROFILE_NAMES, PROFILES } from '../../../shared/domain/profile.ts';
import type { FieldWords } from './field-words.ts';

/** The words for the fields of request bodies, but for those that the schema has and those of `DEPLOYMENT_FIELDS`. */
type BodyFields = Readonly<Record<string, FieldWords>>;

const profiles = PROFILE_NAMES.map((name) => `${name}: ${PROFILES[name].purpose}`).join('; ');
const withDns = PROFILE_NAMES.filter((name) => PROFILES[name].dns !== 'never').join(', ');
const withIp = PROFILE_NAMES.filter((name) => PROFILES[name].ip !== 'never').join(', ');
const named = PROFILE_NAMES.filter((name) => !PROFILES[name].uri).join(', ');

export const ENROLL_FIELDS: BodyFields = {
  csr: {
    description:
      'Certification request (PKCS #10) as PEM, or as base64 of DER; at most 8,192 characters. It contributes its key and nothing else: names in it, its CN too, must be among those of this request.',
  },
  name: {
    description: `Common name of the certificate: ${COMMON_NAME_RULE}. In either case; the certificate has it in lower case. The token's names.commonName must allow it.`,
    examples: ['web-01'],
  },
  dnsNames: {
    description: `DNS names of the certificate, by which servers are verified; each ${DNS_NAME_RULE}. The token's names.dns must allow each. For the profiles ${withDns}; ${named} need one, or an IP address where they take one, and Fleet Server the host of fleetUrl. At most 50 with ipAddresses. Other certificates may hold the same, unless one claimed it (exclusiveDns of its token).`,
    examples: [['fleet.example.com']],
  },
  ipAddresses: {
    description: `IP addresses of the certificate, IPv4 or IPv6. The token's names.ip must allow each. Other certificates may hold the same, unless one claimed it. For the profiles ${withIp}.`,
    examples: [['203.0.113.7']],
  },
  deployment: {
    description: 'How the host is deployed. The answer has the kit for it; left out, it has none.',
  },
};

export const CREATE_TOKEN_FIELDS: BodyFields = {
  profile: { description: `What certificates it gives. ${profiles}.` },
  names: {
    description: 'The names that certificates may hold, and no others, in either case.',
  },
  'names.dns': {
    description: `Patterns of DNS names, for the profiles ${withDns}; ${named} need one, or a network where they take one.`,
  },
  'names.ip': { description: `Networks of IP addresses, for the profiles ${withIp}.` },
  maxUses: { description: 'How many certificates it gives; the same again for the same key is no use.' },
  onExistingName: {
    description:
      'What happens where another key holds the name: the enrollment is refused, or the new key replaces it.',
  },
  exclusiveDns: {
    description:
      'Whether the DNS names and IP addresses of its certificates belong to their names alone: no other name gets one of them while the certificate lives. Certificates issued earlier by tokens without exclusiveDns are not seen. By default they may be shared, as a load balancer needs it.',
  },
  bind: { description: 'Who may use it, beside its holder. By default anyone.' },
  'bind.sourceCidr': { description: 'Networks from which it is accepted. By default all.' },
};

export const RENDER_KIT_FIELDS: BodyFields = {
  profile: { description: 'Of the certificate: what the bootstrap token says in an enrollment.' },
  deployment: { description: 'How the host is deployed.' },
};
