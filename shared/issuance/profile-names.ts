import { PROFILES, type ProfileName } from '../domain/profile.ts';
import { type FieldError, fieldErrors } from '../errors/app-error.ts';

/** DNS names and IP addresses of a certificate, together. */
export const MAX_NAMES = 50;

/** The names of a certificate besides its common name. */
interface Names {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/**
 * Checks what a profile says of names, whatever a token allows.
 *
 * @throws AppError `name_outside_profile` naming each name that certificates of the profile do not contain.
 */
export function checkProfileNames(profile: ProfileName, names: Names): void {
  const errors = outsideProfile(profile, names);
  if (errors.length > 0) throw fieldErrors('name_outside_profile', errors);
}

/** The names that no token of the profile could allow, and those that it needs. */
export function outsideProfile(name: ProfileName, { dnsNames, ipAddresses }: Names): readonly FieldError[] {
  const profile = PROFILES[name];
  const none = dnsNames.length + ipAddresses.length === 0;
  const never = (field: string, what: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      pointer: `#/${field}/${i}`,
      detail: `Certificates of profile "${name}" contain no ${what}. Leave it out.`,
    }));
  const lacks = (detail: string) => ({
    pointer: '#/dnsNames',
    detail: `Certificates of profile "${name}" need ${detail}`,
  });
  return [
    ...(profile.dns === 'never' ? never('dnsNames', 'DNS names', dnsNames.length) : []),
    ...(profile.ip === 'never' ? never('ipAddresses', 'IP addresses', ipAddresses.length) : []),
    ...(profile.dns === 'required' && dnsNames.length === 0
      ? [lacks('at least one DNS name. Add it to dnsNames.')]
      : []),
    ...(!profile.uri && none && profile.dns !== 'required'
      ? [lacks('a DNS name or an IP address, since clients match nothing else. Add one.')]
      : []),
  ];
}
