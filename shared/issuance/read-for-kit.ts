import {
  type CertificateRecord,
  type DeploymentSender,
  deploymentOf,
  type RecordWithDeployments,
} from '../domain/certificate-record.ts';
import type { CommonName } from '../domain/common-name.ts';
import type { DnsName } from '../domain/dns-name.ts';
import { type Clock, type Instant, isOver } from '../domain/instant.ts';
import type { KeyKind } from '../domain/key-kind.ts';
import type { ProfileName } from '../domain/profile.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { AppError, type FieldError } from '../errors/app-error.ts';
import type { Certified } from './certificate-pem.ts';
import { certifiedIssuer } from './issuers.ts';
import type { AuthorityStore, CertificateListing } from './ports.ts';
import { servedBundle, type TrustBundle } from './trust-bundle.ts';

/** Whose kit is asked for. */
export interface KitSubject {
  readonly profile: ProfileName;
  readonly name: CommonName;
  /** @default - those of the certificate; of one that is still to be issued, not known */
  readonly dnsNames?: readonly DnsName[] | undefined;
  /** The same. */
  readonly ipAddresses?: readonly string[] | undefined;
  /** @default - the certificate is still to be issued */
  readonly serialNumber?: SerialNumber | undefined;
  /** @default - the certificate's */
  readonly keyKind?: KeyKind | undefined;
}

/** An issued certificate with both deployments. */
type CertifiedForKit = Certified & { readonly record: RecordWithDeployments };

export interface FoundForKit {
  /** Undefined where no serial number was given. */
  readonly certified: CertifiedForKit | undefined;
  readonly bundle: TrustBundle;
}

export interface ReadForKitDependencies {
  readonly certificates: Pick<CertificateListing, 'certificate'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly clock: Clock;
}

/**
 * What a kit is rendered from, as it is recorded: two reads at once, or one without a serial number.
 *
 * @throws AppError `not_found`, `certificate_differs`, `certificate_revoked`, `certificate_expired`; `try_again` where the
 *   certificate is not signed yet, or the authority has none.
 */
export async function readForKit(deps: ReadForKitDependencies, subject: KitSubject): Promise<FoundForKit> {
  if (subject.serialNumber !== undefined) {
    const certified = await readCertificate(deps, subject.serialNumber, BY_BODY, (record) => {
      const errors = differences(record, subject);
      const [first] = errors;
      if (first !== undefined) throw new AppError('certificate_differs', first.detail, { errors });
    });
    return { certified, bundle: certified.bundle };
  }
  return { certified: undefined, bundle: servedBundle(await deps.authority.readAuthority()) };
}

/**
 * A certificate with the deployment that the sender said last, in two reads at once.
 *
 * @throws AppError `not_found`, `certificate_revoked`, `certificate_expired`, `deployment_not_recorded`; `try_again` where
 *   the certificate is not signed yet, or the authority has none.
 */
export async function readRecordedForKit(
  deps: ReadForKitDependencies,
  serialNumber: SerialNumber,
  sender: DeploymentSender,
): Promise<CertifiedForKit & { readonly deployment: string }> {
  const certified = await readCertificate(deps, serialNumber, BY_PATH);
  const deployment = deploymentOf(certified.record, sender);
  if (deployment === undefined) throw new AppError('deployment_not_recorded', NOT_RECORDED[sender]);
  return { ...certified, deployment };
}

const NOT_RECORDED: Readonly<Record<DeploymentSender, string>> = {
  administrator:
    'No administrator has sent a deployment for this certificate. Send POST /v1/kits with its profile, name and serialNumber and a deployment; or add ?deployment=host to use the one that the host sent; read the result before you trust it.',
  host: 'No deployment came with the enrollment of this certificate. Send POST /v1/kits with its profile, name and serialNumber and a deployment.',
};

/** What a caller can do instead. */
interface WaysOut {
  readonly unknown: string;
  readonly unusable: string;
}

const BY_BODY: WaysOut = {
  unknown:
    'GET /v1/certificates lists them. Leave serialNumber out for the kit of a certificate not yet issued.',
  unusable: 'Enroll again, or leave serialNumber out.',
};

const BY_PATH: WaysOut = {
  unknown: 'GET /v1/certificates lists them.',
  unusable:
    'Enroll again, or send POST /v1/kits without serialNumber for the kit of a certificate not yet issued.',
};

async function readCertificate(
  deps: ReadForKitDependencies,
  serialNumber: SerialNumber,
  ways: WaysOut,
  check: (record: CertificateRecord) => void = () => {},
): Promise<CertifiedForKit> {
  const [authority, found] = await Promise.all([
    deps.authority.readAuthority(),
    deps.certificates.certificate(serialNumber),
  ]);
  const bundle = servedBundle(authority);
  if (found === undefined)
    throw new AppError('not_found', `No certificate has this serial number. ${ways.unknown}`);
  check(found);
  const record = requireUsable(found, deps.clock(), ways.unusable);
  const issuer = certifiedIssuer(authority.issuers, record.issuerId);
  return { record, issuer, roots: authority.roots, bundle };
}

function requireUsable<Found extends CertificateRecord>(
  record: Found,
  now: Instant,
  way: string,
): Found & Certified['record'] {
  if (record.state === 'REVOKED' || record.state === 'VOID')
    throw new AppError(
      'certificate_revoked',
      `The certificate is revoked, so a kit for it would not work. ${way}`,
    );
  if (isOver(record.validity.notAfter, now))
    throw new AppError(
      'certificate_expired',
      `The certificate has expired, so a kit for it would not work. ${way}`,
    );
  if (!isIssued(record))
    throw new AppError('try_again', 'The certificate is being signed. Send the same request again.', {
      retryAfterSeconds: 2,
    });
  return record;
}

function isIssued<Found extends CertificateRecord>(record: Found): record is Found & Certified['record'] {
  return record.certificate !== undefined;
}

/** What was said of the certificate and is recorded otherwise. */
function differences(record: CertificateRecord, subject: KitSubject): readonly FieldError[] {
  const said = [
    { field: 'profile', asked: subject.profile, recorded: record.profile },
    { field: 'name', asked: subject.name, recorded: record.name },
    { field: 'keyKind', asked: subject.keyKind ?? record.keyKind, recorded: record.keyKind },
    ...(['dnsNames', 'ipAddresses'] as const).map((field) => ({
      field,
      asked: listed(subject[field] ?? record[field]),
      recorded: listed(record[field]),
    })),
  ];
  return said
    .filter(({ asked, recorded }) => asked !== recorded)
    .map(({ field, asked, recorded }) => ({
      pointer: `#/${field}`,
      detail: `The certificate with this serial number has the ${field} "${recorded}", not "${asked}": send "${recorded}", or another serialNumber.`,
    }));
}

/** Names in one order. */
function listed(names: readonly string[]): string {
  return names.toSorted().join(', ');
}
