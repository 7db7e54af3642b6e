import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { CommonName } from '../domain/common-name.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import type { KeyKind } from '../domain/key-kind.ts';
import type { ProfileName } from '../domain/profile.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { AppError, type FieldError } from '../errors/app-error.ts';
import { type CertifiedIssuer, certifiedIssuer } from './issuers.ts';
import type { AuthorityStore, CertificateListing } from './ports.ts';
import { servedBundle, type TrustBundle } from './trust-bundle.ts';

/** Whose kit is asked for. */
export interface KitSubject {
  readonly profile: ProfileName;
  readonly name: CommonName;
  /** @default - the certificate is still to be issued */
  readonly serialNumber?: SerialNumber | undefined;
  /** @default - the certificate's */
  readonly keyKind?: KeyKind | undefined;
}

type IssuedRecord = CertificateRecord & { readonly certificate: Uint8Array };

export interface FoundForKit {
  /** Undefined where no serial number was given. */
  readonly certified: { readonly record: IssuedRecord; readonly issuer: CertifiedIssuer } | undefined;
  readonly bundle: TrustBundle;
}

export interface ReadForKitDependencies {
  readonly certificates: Pick<CertificateListing, 'certificate'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly clock: Clock;
  readonly additionalRoots: string;
}

/**
 * What a kit is rendered from, as it is recorded: two reads at once, or one without a serial number.
 *
 * @throws AppError `not_found`, `certificate_differs`, `certificate_revoked`, `certificate_expired`; `try_again` where the
 *   certificate is not signed yet, or the authority has none.
 */
export async function readForKit(deps: ReadForKitDependencies, subject: KitSubject): Promise<FoundForKit> {
  const { serialNumber } = subject;
  const [authority, record] = await Promise.all([
    deps.authority.readAuthority(),
    serialNumber && deps.certificates.certificate(serialNumber),
  ]);
  const bundle = servedBundle(authority.roots, deps.additionalRoots);
  if (serialNumber === undefined) return { certified: undefined, bundle };
  const issued = requireUsable(record, subject, deps.clock());
  return {
    certified: { record: issued, issuer: certifiedIssuer(authority.issuers, issued.issuerId) },
    bundle,
  };
}

function requireUsable(
  record: CertificateRecord | undefined,
  subject: KitSubject,
  now: Instant,
): IssuedRecord {
  if (record === undefined)
    throw new AppError(
      'not_found',
      'There is no certificate with this serial number. GET /v1/certificates lists them; without serialNumber the kit is that of a certificate to come.',
    );
  const errors = differences(record, subject);
  const [first] = errors;
  if (first !== undefined) throw new AppError('certificate_differs', first.detail, { errors });
  const way = 'Enroll anew, or leave serialNumber out.';
  if (record.state === 'REVOKED' || record.state === 'VOID')
    throw new AppError(
      'certificate_revoked',
      `The certificate is revoked, so a kit of it would not work. ${way}`,
    );
  if (now > record.validity.notAfter)
    throw new AppError(
      'certificate_expired',
      `The certificate has expired, so a kit of it would not work. ${way}`,
    );
  if (!isIssued(record))
    throw new AppError('try_again', 'The certificate is being signed. Send the same request again.', {
      retryAfter: 2,
    });
  return record;
}

function isIssued(record: CertificateRecord): record is IssuedRecord {
  return record.certificate !== undefined;
}

/** What was said of the certificate and is recorded otherwise. */
function differences(record: CertificateRecord, subject: KitSubject): readonly FieldError[] {
  const said = [
    { field: 'profile', asked: subject.profile, recorded: record.profile },
    { field: 'name', asked: subject.name, recorded: record.name },
    { field: 'keyKind', asked: subject.keyKind ?? record.keyKind, recorded: record.keyKind },
  ];
  return said
    .filter(({ asked, recorded }) => asked !== recorded)
    .map(({ field, asked, recorded }) => ({
      pointer: `#/${field}`,
      detail: `The certificate of this serial number has the ${field} "${recorded}", not "${asked}": send "${recorded}", or another serialNumber.`,
    }));
}
