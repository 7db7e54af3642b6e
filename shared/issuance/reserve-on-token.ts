import { type BootstrapToken, followUntil, useSlotCount } from '../domain/bootstrap-token.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { claimExclusively, type ExclusiveName } from '../domain/exclusive-name.ts';
import { type Clock, isOver } from '../domain/instant.ts';
import { claimName, type NameRecord } from '../domain/name-record.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import { tokenRejected } from './authorize-token.ts';
import { blockedKey } from './check-csr.ts';
import type { CertificateDraft } from './draft-certificate.ts';
import { CONFLICT, done, type Outcome } from './outcome.ts';
import type { IssuanceStore, Reservation } from './ports.ts';
import { newLease } from './signing-lease.ts';

interface Dependencies {
  readonly store: Pick<IssuanceStore, 'reserve' | 'freeUseSlots'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** Who asks, and what was read of the token and the name when it was decided. */
export interface TokenClaim {
  readonly token: BootstrapToken;
  readonly name: NameRecord;
  /** Who claimed the DNS names and IP addresses of the certificate. */
  readonly exclusive: readonly ExclusiveName[];
  readonly publicKeySha256: string;
  readonly sourceIp: string;
  readonly requestId: string;
  /** The name under which the request owns signing leases. */
  readonly owner: string;
}

/**
 * Records a certificate as RESERVED, counts a use of its token and claims its name (its DNS names and IP addresses too, if the token
 * says so), all or nothing. Where the drawn use
 * counter is full, one that is not gets a second try; where all are, the token is spent.
 *
 * @returns the record, or a conflict where another request was faster.
 * @throws AppError `token_rejected` where the token is spent, or was closed since it was read; `key_refused` where the
 * key was blocked since.
 */
export async function reserveOnToken(
  { store, clock, random }: Dependencies,
  draft: CertificateDraft,
  claim: TokenClaim,
): Promise<Outcome<CertificateRecord>> {
  const { token } = claim;
  const octet = () => random(1)[0] ?? 0;
  let reservation = reservationOf(draft, claim, octet() % useSlotCount(token.maxUses));
  let outcome = await store.reserve(reservation, clock());
  if (outcome === 'slot_full') {
    const free = await store.freeUseSlots(token);
    const useSlot = free[octet() % Math.max(1, free.length)];
    if (useSlot === undefined) throw tokenRejected('spent', token.id);
    reservation = { ...reservation, record: { ...reservation.record, useSlot } };
    outcome = await store.reserve(reservation, clock());
  }
  if (outcome === 'token_closed')
    throw tokenRejected(isOver(token.expiresAt, clock()) ? 'expired' : 'revoked', token.id);
  if (outcome === 'key_blocked') throw blockedKey();
  return outcome === 'reserved' ? done(reservation.record) : CONFLICT;
}

function reservationOf(
  { contents, prepared, draftedAt }: CertificateDraft,
  { token, name, exclusive, publicKeySha256, sourceIp, requestId, owner }: TokenClaim,
  useSlot: number,
): Reservation {
  const { serialNumber, profile, validity } = contents;
  const { exclusiveDns } = token;
  const { notAfter } = validity;
  const claims = exclusiveDns ? exclusive : [];
  return {
    record: {
      ...contents,
      state: 'RESERVED',
      publicKeySha256,
      tbsSha256: prepared.tbsSha256,
      tokenId: token.id,
      useSlot,
      exclusiveDns,
      sourceIp,
      requestId,
      reservedAt: draftedAt,
      lease: newLease(owner, draftedAt),
      attempts: [],
    },
    name: claimName(name, { profile, serialNumber, publicKeySha256, notAfter }, draftedAt),
    exclusive: claims.map((one) =>
      claimExclusively(one, { name: contents.name, serialNumber, notAfter }, draftedAt),
    ),
    followUntil: followUntil(token),
  };
}
