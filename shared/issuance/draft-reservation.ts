import { createHash } from 'node:crypto';
import { type BootstrapToken, followUntil } from '../domain/bootstrap-token.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type Clock, type Instant, instant, plus } from '../domain/instant.ts';
import { claimName, type NameRecord } from '../domain/name-record.ts';
import { LEAF_BACKDATE } from '../domain/profile.ts';
import { newSerialNumber, type RandomBytes } from '../domain/serial-number.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import type { Validity } from '../domain/validity.ts';
import { AppError } from '../errors/app-error.ts';
import { publicKeyOf } from '../pki/certificate.ts';
import type { CertificationRequest } from '../pki/csr.ts';
import { prepareLeaf } from '../pki/prepare-leaf.ts';
import type { Prepared } from '../pki/prepared.ts';
import type { RequestedNames } from './check-names.ts';
import type { CertifiedIssuer } from './issuers.ts';
import type { EnrollmentView, Reservation } from './ports.ts';

/** How long one request may sign before another may take over: longer than {@link SIGNING}. Seconds. */
export const LEASE = 15;

/** How much of a lease must be left to begin signing: the signer's whole time budget, and a second for rounding. Seconds. */
export const SIGNING = 9;

/**
 * Decides everything that determines the certificate's bytes and prepares those bytes (built, linted, parsed again), so
 * that their hash is part of what is recorded before anything is signed.
 *
 * @throws AppError `try_again` where the issuer ends before the certificate would: a lifetime is never clipped.
 */
export function draftReservation(input: {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly trustDomain: TrustDomain;
  readonly request: { readonly sourceIp: string; readonly requestId: string; readonly owner: string };
  readonly csr: CertificationRequest;
  readonly names: RequestedNames;
  readonly token: BootstrapToken;
  readonly issuer: CertifiedIssuer;
  readonly slot: number;
}): { readonly prepared: Prepared; reservation(name: NameRecord): Reservation } {
  const { csr, names, token, issuer, request } = input;
  const now = input.clock();
  const contents = {
    serialNumber: newSerialNumber(input.random),
    issuerId: issuer.id,
    trustDomain: input.trustDomain,
    profile: token.profile,
    name: names.name,
    dnsNames: [...new Set(names.dnsNames)],
    ipAddresses: [...new Set(names.ipAddresses)],
    validity: leafValidity(now, token.certificateLifetime, issuer),
    keyKind: csr.keyKind,
    publicKey: csr.publicKey,
  };
  const prepared = prepareLeaf(contents, issuer);
  const record: CertificateRecord = {
    ...contents,
    state: 'RESERVED',
    publicKeySha256: csr.publicKeySha256,
    tbsSha256: prepared.tbsSha256,
    tokenId: token.id,
    useSlot: input.slot,
    sourceIp: request.sourceIp,
    requestId: request.requestId,
    reservedAt: now,
    lease: { owner: request.owner, until: plus(now, LEASE) },
    attempts: [],
  };
  const { serialNumber, profile, validity } = contents;
  const holder = { profile, serialNumber, publicKeySha256: csr.publicKeySha256, notAfter: validity.notAfter };
  return {
    prepared,
    reservation: (name) => ({
      record,
      name: claimName(name, holder, now),
      followUntil: followUntil(token),
    }),
  };
}

function leafValidity(now: Instant, lifetime: number, issuer: CertifiedIssuer): Validity {
  const notBefore = instant(Math.max(now - LEAF_BACKDATE, issuer.validity.notBefore));
  const notAfter = plus(now, lifetime);
  if (notAfter > issuer.validity.notAfter)
    throw new AppError(
      'try_again',
      'The issuing CA ends before this certificate would. Ask for a shorter certificateLifetime, or wait for the next issuer.',
      {
        retryAfter: 3600,
        internal: { issuer: issuer.id, issuerNotAfter: issuer.validity.notAfter, notAfter },
      },
    );
  return { notBefore, notAfter };
}

/** Hex SHA-256 of the public keys of every CA of the authority: keys that no leaf may have. */
export function caKeyHashes({ roots, issuers }: EnrollmentView): readonly string[] {
  return [...roots, ...issuers].flatMap(({ certificate }) =>
    certificate ? [createHash('sha256').update(publicKeyOf(certificate)).digest('hex')] : [],
  );
}
