import type { TrustAnchors } from '../domain/additional-root.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type Instant, plus } from '../domain/instant.ts';
import { trustBundle } from '../issuance/trust-bundle.ts';

/** A request reads the trust bundle before it reserves, and may take as long as the gateway waits: 29 s. */
const MARGIN_SECONDS = 60;

/** Whether a certificate was reserved with a root in the bundle that joined it at `joinedAt`. */
export function wasIssuedWith(
  { reservedAt }: Pick<CertificateRecord, 'reservedAt'>,
  joinedAt: Instant,
): boolean {
  return reservedAt > plus(joinedAt, MARGIN_SECONDS);
}

/**
 * Whether a host that renews has, or gets, other roots than with the certificate before: one has joined the bundle since, or
 * what the host reports is neither today's bundle nor what it reported last. What reads its roots only when it starts has to
 * be restarted then, as the listener of a Fleet Server.
 *
 * @param reported - hex SHA-256 of the bundle that the host has. @default - it did not say
 */
export function hasTrustChanged(
  predecessor: Pick<CertificateRecord, 'predecessor' | 'reservedAt' | 'trustSha256'>,
  reported: string | undefined,
  anchors: TrustAnchors,
): boolean {
  const joined = [
    ...anchors.roots.flatMap(({ changes = [] }) => changes.find(({ to }) => to === 'TRUSTED')?.at ?? []),
    ...anchors.additionalRoots.roots.map(({ addedAt }) => addedAt),
  ];
  if (joined.some((joinedAt) => !wasIssuedWith(predecessor, joinedAt))) return true;
  if (reported === undefined) return false;
  const before = predecessor.predecessor === undefined ? reported : predecessor.trustSha256;
  return reported !== trustBundle(anchors).sha256 || reported !== before;
}
