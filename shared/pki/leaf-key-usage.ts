import type { KeyKind } from '../domain/key-kind.ts';
import type { Profile } from '../domain/profile.ts';
import type { KeyUsage } from './extensions.ts';

/** Key usage of a leaf: digitalSignature; RSA keys of server profiles also say keyEncipherment. */
export function leafKeyUsage(profile: Profile, keyKind: KeyKind): readonly KeyUsage[] {
  return profile.keyEnciphermentForRsa && keyKind === 'rsa'
    ? ['digitalSignature', 'keyEncipherment']
    : ['digitalSignature'];
}
