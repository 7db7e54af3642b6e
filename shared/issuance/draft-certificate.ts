import type { CertificateContents } from '../domain/certificate-record.ts';
import { type Clock, type Instant, instant, plus, toRfc3339 } from '../domain/instant.ts';
import { LEAF_BACKDATE_SECONDS, type ProfileName } from '../domain/profile.ts';
import { crlShardOf } from '../domain/revocation-points.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import { newSerialNumber, type RandomBytes } from '../domain/serial-number.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import type { Validity } from '../domain/validity.ts';
import { AppError } from '../errors/app-error.ts';
import type { CertificationRequest } from '../pki/csr.ts';
import { prepareLeaf } from '../pki/prepare-leaf.ts';
import type { Prepared } from '../pki/prepared.ts';
import type { RequestedNames } from './check-names.ts';
import type { CertifiedIssuer } from './issuers.ts';

/** A certificate that may be issued, as the way in decided it: a bootstrap token allows it, say. */
export interface CertificateDecision {
  readonly profile: ProfileName;
  readonly names: RequestedNames;
  readonly lifetimeSeconds: number;
  readonly key: Pick<CertificationRequest, 'keyKind' | 'publicKey'>;
  readonly issuer: CertifiedIssuer;
}

export interface DraftDependencies {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly trustDomain: TrustDomain;
  /** Where revocation data are served. */
  readonly revocationUrl: RevocationUrl;
}

/** A certificate before it is recorded. */
export interface CertificateDraft {
  readonly contents: CertificateContents;
  readonly prepared: Prepared;
  readonly draftedAt: Instant;
}

/**
 * Draws everything that determines the certificate's bytes and prepares those bytes (built, linted, parsed again), so
 * that their hash is part of what is recorded before anything is signed.
 *
 * @throws AppError `lifetime_beyond_issuer` where the issuer ends before the certificate would: a lifetime is never clipped.
 */
export function draftCertificate(
  deps: DraftDependencies,
  { profile, names, lifetimeSeconds, key, issuer }: CertificateDecision,
): CertificateDraft {
  const draftedAt = deps.clock();
  const serialNumber = newSerialNumber(deps.random);
  const contents = {
    serialNumber,
    issuerId: issuer.id,
    trustDomain: deps.trustDomain,
    profile,
    name: names.name,
    dnsNames: [...new Set(names.dnsNames)],
    ipAddresses: [...new Set(names.ipAddresses)],
    validity: leafValidity(draftedAt, lifetimeSeconds, issuer),
    keyKind: key.keyKind,
    publicKey: key.publicKey,
    revocationUrl: deps.revocationUrl,
    crlShard: crlShardOf(serialNumber, issuer.crlShards),
  };
  return { contents, prepared: prepareLeaf(contents, issuer), draftedAt };
}

function leafValidity(now: Instant, lifetimeSeconds: number, issuer: CertifiedIssuer): Validity {
  const notBefore = instant(Math.max(now - LEAF_BACKDATE_SECONDS, issuer.validity.notBefore));
  const notAfter = plus(now, lifetimeSeconds);
  if (notAfter > issuer.validity.notAfter)
    throw new AppError(
      'lifetime_beyond_issuer',
      `The issuing CA expires at ${toRfc3339(issuer.validity.notAfter)}, before this certificate would. Ask for a token with a shorter certificateLifetime, or enroll when the next issuer is active.`,
      { internal: { issuer: issuer.id, issuerNotAfter: issuer.validity.notAfter, notAfter } },
    );
  return { notBefore, notAfter };
}
