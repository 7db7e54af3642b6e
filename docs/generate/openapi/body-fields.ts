import { COMMON_NAME_RULE } from '../../../shared/domain/common-name.ts';
import { DNS_NAME_RULE } from '../../../shared/domain/dns-name.ts';
import { PROFILE_NAMES, PROFILES } from '../../../shared/domain/profile.ts';
import type { FieldWords } from '../../../shared/elastic/deployment/fields/words.ts';

/** The words for the fields of request bodies, but for those that the schema has and those of `DEPLOYMENT_FIELDS`. */
type BodyFields = Readonly<Record<string, FieldWords>>;

const profiles = PROFILE_NAMES.map((name) => `${name}: ${PROFILES[name].purpose}`).join('; ');
const withDns = PROFILE_NAMES.filter((name) => PROFILES[name].dns !== 'never').join(', ');
const withIp = PROFILE_NAMES.filter((name) => PROFILES[name].ip !== 'never').join(', ');
const named = PROFILE_NAMES.filter((name) => !PROFILES[name].uri).join(', ');

export const ENROLL_FIELDS: BodyFields = {
  csr: {
    description:
      'Certification request (PKCS #10) as PEM, or as base64 of DER; at most 8,192 characters. Only its key is used; names in it, including the CN, must be among those of this request.',
  },
  name: {
    description: `Common name of the certificate: ${COMMON_NAME_RULE}. Case does not matter; the certificate has it in lower case. The token's names.commonName must allow it.`,
    examples: ['web-01'],
  },
  dnsNames: {
    description: `DNS names of the certificate, by which clients verify servers; each ${DNS_NAME_RULE}. The token's names.dns must allow each. For the profiles ${withDns}; ${named} need one, or an IP address if they take one, and Fleet Server the host of fleetUrl. At most 50 with ipAddresses. Other certificates may have the same, unless one claimed it (exclusiveDns).`,
    examples: [['fleet.example.com']],
  },
  ipAddresses: {
    description: `IP addresses of the certificate, IPv4 or IPv6. The token's names.ip must allow each. Other certificates may have the same, unless one claimed it. For the profiles ${withIp}.`,
    examples: [['203.0.113.7']],
  },
  deployment: {
    description: 'How the host is deployed. The response has the kit for it; if omitted, it has none.',
  },
};

export const RENEW_FIELDS: BodyFields = {
  trustSha256: {
    description:
      'Only beside cms: hex SHA-256 of the trust bundle that the host has (caBundle); how a new root spreads is told by it.',
  },
  fleetAgentId: {
    description: 'Only beside cms: id of the Elastic Agent in Fleet that has the certificate.',
  },
  deployment: {
    description: 'How the host is deployed. The response has the kit for it; if omitted, it has none.',
  },
};

export const CREATE_TOKEN_FIELDS: BodyFields = {
  profile: { description: `What the certificates are for. ${profiles}.` },
  names: {
    description: 'The only names that certificates may have, regardless of case.',
  },
  'names.dns': {
    description: `Patterns of DNS names, for the profiles ${withDns}; ${named} need one, or a network if they take one.`,
  },
  'names.ip': { description: `Networks of IP addresses, for the profiles ${withIp}.` },
  maxUses: {
    description: 'How many certificates it allows; a repeated request for the same key is not counted.',
  },
  onExistingName: {
    description:
      'What happens if another key holds the name: the enrollment is refused, or the new key replaces it.',
  },
  exclusiveDns: {
    description:
      'Whether each of its certificates claims its DNS names and IP addresses: no other name gets one of them while the certificate is valid. Certificates from tokens without exclusiveDns are not seen. By default they may be shared, as behind a load balancer.',
  },
  bind: { description: 'Limits who may use it. By default anyone who has it.' },
  'bind.sourceCidr': { description: 'Networks from which it is accepted. By default all.' },
};

export const RENDER_KIT_FIELDS: BodyFields = {
  profile: { description: 'Profile of the certificate; an enrollment gets it from the token.' },
  dnsNames: {
    description:
      'DNS names of the certificate. If neither these nor ipAddresses are given for one not yet issued, its names are unknown and not compared with the deployment.',
  },
  ipAddresses: { description: 'IP addresses of the certificate.' },
  deployment: { description: 'How the host is deployed.' },
};

const WHY: BodyFields = {
  reason: {
    description:
      'As in RFC 5280 section 5.3.1; lists and OCSP responses have it. keyCompromise also blocks the key for good.',
  },
  comment: { description: 'For the record and its history: at most 256 characters on one line.' },
};

export const REVOKE_FIELDS: BodyFields = {
  ...WHY,
  block: { description: 'Whether the name is blocked: no certificate of the profile is issued for it.' },
};

export const REVOKE_MANY_FIELDS: BodyFields = {
  ...WHY,
  serialNumbers: {
    description: 'The certificates, each once: 36 hex digits, with or without colons, or decimal.',
  },
  confirm: { description: 'How many certificates that is; anything else is refused.' },
};

export const REVOKE_TOKEN_FIELDS: BodyFields = {
  ...WHY,
  certificates: {
    description: 'Must be true: it confirms that every certificate issued with the token is revoked.',
  },
  cursor: { description: 'From the previous response for this token, if it was not complete.' },
};

export const BLOCK_NAME_FIELDS: BodyFields = {
  reason: { description: 'Why it is blocked, in the words of RFC 5280 section 5.3.1.' },
  comment: { description: 'For the listing: at most 256 characters on one line.' },
};

export const ACKNOWLEDGE_FIELDS: BodyFields = {
  verifiers: {
    description: 'What was seen to, in your words: 1 to 50 texts of at most 256 characters.',
  },
};

export const ADD_ROOT_FIELDS: BodyFields = {
  pem: {
    description:
      'One certificate in PEM: a self-signed CA that is valid now; at most 8,192 characters. All additional roots together have at most 32,768.',
  },
};

export const INSTALL_ISSUER_FIELDS: BodyFields = {
  certificate: {
    description: 'One certificate in PEM, of at most 8,192 characters, with the key of the CSR.',
  },
  chain: {
    description:
      'PEM of the CAs between it and the root, from the one that issued it upwards, without the root; at most 2.',
  },
};

export const CREATE_REPLACEMENT_FIELDS: BodyFields = {
  selector: {
    description:
      'Which certificates are meant, of those issued so far: at least one of the fields; several are combined.',
  },
  'selector.profile': { description: 'Profile of the certificates.' },
  by: {
    description:
      'When all of them shall have been renewed; at least 12 hours from now, and later the more certificates there are.',
  },
};

export const BLOCK_KEY_FIELDS: BodyFields = {
  ...BLOCK_NAME_FIELDS,
  certificate: { description: 'PEM of a certificate with the key, from any CA; at most 8,192 characters.' },
  csr: { description: 'PEM of a certificate signing request with the key; at most 8,192 characters.' },
};
