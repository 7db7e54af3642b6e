import { DAY } from '../../../shared/domain/duration.ts';
import type { Profile } from '../../../shared/domain/profile.ts';
import type { HostRequest } from '../authority.ts';
import type { Case } from './case.ts';

/** A certificate is presented: what the peer expects of it, when, and whether all of the chain is sent. */
export type Trial = Pick<Case, 'trial' | 'expected' | 'purpose' | 'name' | 'at'> & {
  readonly whole: boolean;
};

/** How a good certificate is tried: as it should be, and with one thing wrong. */
export function trialsOf(
  profile: Profile,
  { dnsNames, ipAddresses }: Pick<HostRequest, 'dnsNames' | 'ipAddresses'>,
): readonly Trial[] {
  const now = Math.floor(Date.now() / 1000);
  const serves = profile.extendedKeyUsage.includes('serverAuth');
  const [dns] = dnsNames;
  const own = serves
    ? ({ purpose: 'server', name: dns } as const)
    : ({ purpose: 'client', name: undefined } as const);
  const right = { ...own, at: now, whole: true, expected: 'accept' } as const;
  const wrong = { ...right, expected: 'refuse' } as const;
  return [
    { ...right, trial: `right as ${own.purpose}` },
    ...(serves ? serverTrials(right, wrong, ipAddresses) : []),
    ...usageTrials(profile, right, wrong),
    { ...wrong, trial: 'expired', at: now + profile.lifetimeSeconds.max + DAY },
    { ...wrong, trial: 'not valid yet', at: now - EARLY },
    { ...wrong, trial: 'issuer missing', whole: false },
  ];
}

/** NSS takes a certificate up to 24 hours before its time (PENDING_SLOP in its certdb.c); ours start 5 minutes back. */
const EARLY = 2 * DAY;

type Base = Omit<Trial, 'trial'>;

function serverTrials(right: Base, wrong: Base, ipAddresses: readonly string[]): readonly Trial[] {
  return [
    ...ipAddresses.map((name) => ({ ...right, trial: `right by ${name}`, name })),
    { ...wrong, trial: 'another name', name: 'other.example.com' },
    { ...wrong, trial: 'another address', name: '192.0.2.8' },
  ];
}

/** As what else it may serve, and as what it may not. */
function usageTrials({ extendedKeyUsage }: Profile, right: Base, wrong: Base): readonly Trial[] {
  if (extendedKeyUsage.length > 1)
    return [{ ...right, trial: 'right as client', purpose: 'client', name: undefined }];
  const purpose = right.purpose === 'server' ? 'client' : 'server';
  return [{ ...wrong, trial: `as ${purpose}`, purpose, name: undefined }];
}
