import { DAY } from '../../domain/duration.ts';
import { PROFILES, type ProfileName } from '../../domain/profile.ts';
import { renewsBefore } from './renewal.ts';

/** What the kit knows of the bootstrap token of pods. */
export interface PodToken {
  readonly profile: ProfileName;
  readonly names: { readonly commonName: string; readonly dns?: readonly string[] };
  readonly maxUses: number;
  /** ISO 8601 duration; a token is valid for a year at most. */
  readonly expiresIn: 'PT24H' | 'P365D';
  readonly description: string;
}

/** The body of `POST /v1/tokens`; what the service cannot know is in double braces. Pods enroll again with new keys. */
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

/** How often a certificate of the profile's usual lifetime is renewed in a year. */
export function renewalsInAYear(profile: ProfileName): number {
  return Math.ceil((365 * DAY) / (PROFILES[profile].lifetimeSeconds.default - renewsBefore(profile)));
}
