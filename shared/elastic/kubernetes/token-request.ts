import type { ProfileName } from '../../domain/profile.ts';
import type { CertificateRequest } from './enroll-script.ts';

/** What the kit knows of the bootstrap token of pods. */
interface PodToken {
  readonly profile: ProfileName;
  readonly names: {
    readonly commonName: string;
    readonly dns?: readonly string[];
    readonly ip?: readonly string[];
  };
  readonly maxUses: number;
  /** ISO 8601 duration; a token is valid for a year at most. */
  readonly expiresIn: 'PT24H' | 'P365D';
  readonly description: string;
}

/** The body of `POST /v1/tokens`; what the service cannot know is in double braces. A pod that lost its key gets another one certified. */
export function tokenRequest({
  profile,
  names,
  maxUses,
  expiresIn,
  description,
}: PodToken): Readonly<Record<string, unknown>> {
  return {
    profile,
    names,
    maxUses,
    expiresIn,
    onExistingName: 'replace',
    bind: { sourceCidr: ['{{EGRESS_CIDR}}'] },
    description,
  };
}

/** The same for one certificate, with exactly the names that scripts request for it. Renewals need no token. */
export function certificateToken(
  profile: ProfileName,
  { name, dnsNames, ipAddresses = [] }: CertificateRequest,
  description: string,
): Readonly<Record<string, unknown>> {
  return tokenRequest({
    profile,
    names: {
      commonName: name,
      ...(dnsNames.length === 0 ? {} : { dns: dnsNames }),
      ...(ipAddresses.length === 0 ? {} : { ip: ipAddresses }),
    },
    maxUses: 1,
    expiresIn: 'PT24H',
    description,
  });
}
