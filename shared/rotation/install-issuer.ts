import { X509Certificate } from 'node:crypto';
import type { ExternalRoot, Issuer, Root } from '../domain/authority.ts';
import type { Clock } from '../domain/instant.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import { AppError, type FieldError, fieldErrors } from '../errors/app-error.ts';
import { type CertifiedIssuer, certifiedIssuer, isCertified } from '../issuance/issuers.ts';
import type { Authority, AuthorityStore } from '../issuance/ports.ts';
import { activeRoot } from '../issuance/roots.ts';
import { subjectOf } from '../pki/certificate.ts';
import { type ExternalCa, externalCa, readExternalCa } from '../pki/external/ca-certificate.ts';
import { installedIssuerProblems } from '../pki/external/check-issuer.ts';
import { installedIssuerWarnings } from '../pki/external/issuer-warnings.ts';
import { readInstalled } from '../pki/external/read-installed.ts';
import { publicKeyOfRequest } from '../pki/prepare-issuer-request.ts';
import { issuerSlots } from './issuer-slots.ts';
import type { ExternalIssuerStore, InstalledCertificate, SlotStore } from './ports.ts';

export interface InstallIssuerDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly external: Pick<ExternalIssuerStore, 'installCertificate'>;
  readonly slots: Pick<SlotStore, 'readSlots'>;
  readonly clock: Clock;
}

/** A certificate that the CA of the external root issued. */
export interface InstallIssuerRequest {
  readonly id: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM of the CAs between it and the root, from the one that issued it upwards. */
  readonly chain: readonly string[];
  /** ARN of the IAM principal. */
  readonly by: string;
}

export interface InstalledIssuer {
  readonly issuer: CertifiedIssuer;
  /** Whether this call installed it. */
  readonly installed: boolean;
  /** What the administrator should know of it; it works all the same. */
  readonly warnings: readonly string[];
}

/** How often an installation starts over because another change was faster. */
const ROUNDS = 8;

/** The most CAs between an issuer and the root: kits have proxies verify chains of three CAs, and API Gateway takes four certificates. */
export const MAX_INTERMEDIATES = 2;

/**
 * Gives an issuer below an external root its certificate: it is READY then. Until it is activated, another certificate may
 * replace it, with the same name and key. Safe to repeat: what is installed already is returned.
 *
 * @example
 * await installIssuer(deps, { id: 'issuer-1', certificate, chain: [intermediate], by: caller.principal });
 *
 * @throws AppError `not_found`; `state_conflict` where the issuer has issued already, or needs no certificate from outside;
 *   `issuer_refused` naming each rule that the certificate breaks; `try_again` where other changes were faster each time.
 */
export async function installIssuer(
  { authority, external, slots, clock }: InstallIssuerDependencies,
  request: InstallIssuerRequest,
): Promise<InstalledIssuer> {
  const { id, by } = request;
  const [certificate, ...chain] = readAll(request);
  if (certificate === undefined) throw new AppError('internal', 'a certificate is missing');
  const installed = { ...readInstalled(certificate), chain: chain.map(derOf) };
  for (let round = 1; round <= ROUNDS; round++) {
    const [read, declared] = await Promise.all([authority.readAuthority(), slots.readSlots()]);
    const issuer = find(read.issuers, id);
    const limits = issuerSlots(declared).find((slot) => slot.id === id)?.nameConstraints;
    const warnings = installedIssuerWarnings(certificate, limits);
    if (isCertified(issuer) && isSame(issuer, installed)) return { issuer, installed: false, warnings };
    const root = externalRoot(read.roots);
    check(read, issuer, root, { certificate, chain, limits, now: clock() });
    const change = { to: 'READY' as const, at: clock(), by };
    const outcome = await external.installCertificate(issuer, { ...installed, rootId: root.id }, change);
    if (outcome === 'refused') continue;
    const after = certifiedIssuer((await authority.readAuthority()).issuers, id);
    return { issuer: after, installed: true, warnings };
  }
  throw new AppError('try_again', 'Other changes of the issuers were faster. Send the same request again.');
}

/** The certificate, then its chain. */
function readAll({ certificate, chain }: InstallIssuerRequest): readonly ExternalCa[] {
  const pems = [certificate, ...chain];
  const read = pems.map(readExternalCa);
  const errors = read.flatMap((one, index) =>
    typeof one === 'string' ? [{ pointer: pointerOf(index), detail: `${subjectAt(index)} ${one}.` }] : [],
  );
  if (errors.length > 0) throw fieldErrors('issuer_refused', errors);
  return read.filter((one) => typeof one !== 'string');
}

function pointerOf(index: number): string {
  return index === 0 ? '#/certificate' : `#/chain/${index - 1}`;
}

function subjectAt(index: number): string {
  return index === 0 ? 'The certificate' : `The certificate ${index} of the chain`;
}

function find(issuers: readonly Issuer[], id: string): Issuer {
  const issuer = issuers.find((one) => one.id === id);
  if (issuer !== undefined) return issuer;
  throw new AppError(
    'not_found',
    `There is no issuer "${id}". POST /v1/issuers makes the next one, with the CSR to be certified.`,
  );
}

function isSame(
  issuer: CertifiedIssuer,
  { certificate, chain }: Pick<InstalledCertificate, 'certificate' | 'chain'>,
) {
  const parts = (one: Uint8Array, others: readonly Uint8Array[] = []) =>
    [one, ...others].map((der) => Buffer.from(der).toString('base64')).join();
  return parts(issuer.certificate, issuer.chain) === parts(certificate, chain);
}

function externalRoot(roots: readonly Root[]): ExternalRoot {
  const root = activeRoot(roots);
  if (root.kind === 'external') return root;
  throw new AppError(
    'state_conflict',
    `${root.id} has its key in KMS and certifies the issuers by itself, so no certificate is installed. POST /v1/issuers has it certify the next one.`,
  );
}

function check(
  { issuers }: Pick<Authority, 'issuers'>,
  issuer: Issuer,
  root: ExternalRoot,
  given: {
    readonly certificate: ExternalCa;
    readonly chain: readonly ExternalCa[];
    readonly limits: NameConstraints | undefined;
    readonly now: ReturnType<Clock>;
  },
): void {
  const { id, state, request } = issuer;
  if (state !== 'PENDING' && state !== 'READY')
    throw new AppError(
      'state_conflict',
      `${id} is ${state} and ${reasonOf(state)}. POST /v1/issuers makes the next issuer.`,
    );
  if (request?.csr === undefined)
    throw new AppError('state_conflict', `${id} has no CSR yet. Send POST /v1/issuers with its id first.`);
  const others = issuers.filter((other) => other.id !== id).filter(isCertified);
  const problems = [
    ...installedIssuerProblems({
      ...given,
      root: { ...readRoot(root), id: root.id },
      publicKey: publicKeyOfRequest(request.csr),
      otherSubjects: others.map((other) => subjectOf(other.certificate)),
    }),
    ...(isCertified(issuer) ? replacementProblems(issuer, given.certificate) : []),
  ];
  if (problems.length > 0) throw fieldErrors('issuer_refused', problems);
}

/** Why an issuer in a state gets no certificate. */
function reasonOf(state: Issuer['state']): string {
  return state === 'RETIRED' || state === 'COMPROMISED'
    ? 'issues nothing again, so no certificate is installed'
    : 'keeps its certificate, since hosts have certificates of it';
}

/** Revocation lists in the issuer's name are published once it is READY. */
function replacementProblems({ id, certificate }: CertifiedIssuer, given: ExternalCa): readonly FieldError[] {
  if (Buffer.compare(subjectOf(certificate), given.parsed.subject) === 0) return [];
  const detail = `${given.name} must have the subject of the certificate that ${id} has, since its revocation lists are published under that name: have it issued with that subject.`;
  return [{ pointer: '#/certificate', detail }];
}

function readRoot({ id, certificate }: ExternalRoot): ExternalCa {
  const read = externalCa(new X509Certificate(certificate));
  if (typeof read === 'string') throw new AppError('internal', `the certificate of ${id} cannot be read`);
  return read;
}

function derOf({ x509 }: ExternalCa): Uint8Array {
  return new Uint8Array(x509.raw);
}
