import { DAY } from './duration.ts';
import { type Instant, plus } from './instant.ts';
import type { Cidr } from './ip-network.ts';
import type { NamePattern } from './name-pattern.ts';
import type { ProfileName } from './profile.ts';
import type { RandomBytes } from './serial-number.ts';

/** Names that a bootstrap token allows. A list that is absent allows none. */
export interface AllowedNames {
  readonly commonName: NamePattern;
  readonly dns: readonly NamePattern[];
  readonly ip: readonly Cidr[];
}

/** fleetseal's own token, which lets hosts enroll for certificates. Fleet's enrollment token is a different thing. */
export interface BootstrapToken {
  readonly id: string;
  /** Hex SHA-256 of the secret; the secret itself is shown once and stored nowhere. */
  readonly secretSha256: string;
  readonly profile: ProfileName;
  readonly names: AllowedNames;
  readonly certificateLifetimeSeconds: number;
  /** 1 to 1,000,000. */
  readonly maxUses: number;
  readonly expiresAt: Instant;
  /** Whether a name that another key holds is refused, or given to the new key. */
  readonly onExistingName: 'refuse' | 'replace';
  /** Whether the DNS names and IP addresses of its certificates are claimed for their names only. */
  readonly exclusiveDns: boolean;
  readonly bind: { readonly csrSha256?: string; readonly sourceCidr: readonly Cidr[] };
  readonly description: string;
  readonly createdAt: Instant;
  /** ARN of the IAM principal, from the gateway. */
  readonly createdBy: string;
  readonly revokedAt?: Instant;
}

/** Until when a retry finds its reservation: 7 days past its token's end. */
export function followUntil({ expiresAt }: Pick<BootstrapToken, 'expiresAt'>): Instant {
  return plus(expiresAt, 7 * DAY);
}

/** How many counters the uses are spread over, so that one item does not limit a token of many uses. */
export function useSlotCount(maxUses: number): number {
  return Math.min(16, Math.max(1, Math.floor(maxUses / 8)));
}

/** How many uses counter `slot` (from 0) may count; the counters' capacities add up to `maxUses`. */
export function useSlotCapacity(maxUses: number, slot: number): number {
  const slots = useSlotCount(maxUses);
  return Math.floor(maxUses / slots) + (slot < maxUses % slots ? 1 : 0);
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` characters of base62 from random octets, without bias: octets of 248 (4 x 62) and above are drawn again. */
export function randomBase62(random: RandomBytes, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const octet of random(length)) {
      if (octet < 248 && text.length < length) text += BASE62[octet % 62];
    }
  }
  return text;
}

/** 43 base62 characters hold 256 bits (62^43 > 2^256). */
export const SECRET_LENGTH = 43;
export const TOKEN_ID_LENGTH = 16;

/** The token as its holder sees it: `fst_<id>_<secret>`. */
export function formatToken(id: string, secret: string): string {
  return `fst_${id}_${secret}`;
}

/** Undefined where `text` is not of the form `fst_<id>_<secret>`. */
export function parseToken(text: string): { readonly id: string; readonly secret: string } | undefined {
  const match = /^fst_([0-9A-Za-z]{16})_([0-9A-Za-z]{43})$/.exec(text);
  return match?.[1] && match[2] ? { id: match[1], secret: match[2] } : undefined;
}
