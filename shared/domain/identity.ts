import type { CommonName } from './common-name.ts';
import type { ProfileName } from './profile.ts';

/** Who a certificate speaks for. One live holder. */
export interface Identity {
  /** The trust domain's name: 1 to 32 lower-case letters, digits and hyphens. */
  readonly authority: string;
  readonly profile: ProfileName;
  readonly name: CommonName;
}

/** `urn:fleetseal:<authority>:<profile>:<name>` (RFC 8141 form). */
export function identityUrn({ authority, profile, name }: Identity): string {
  return `urn:fleetseal:${authority}:${profile}:${name}`;
}
