import type { Root } from '../domain/authority.ts';
import type { Clock } from '../domain/instant.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import { SERVICE } from '../domain/revocation.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import type { Validity } from '../domain/validity.ts';
import { AppError } from '../errors/app-error.ts';
import { nameConstraintsOf, publicKeyOf } from '../pki/certificate.ts';
import { prepareRoot } from '../pki/prepare-root.ts';
import { type CaSlot, type CertifiedRoot, checkKey, newDraft, signRecorded } from './certify-ca.ts';
import { certifyIssuer } from './certify-issuer.ts';
import { type CertifiedIssuer, certifiedIssuer } from './issuers.ts';
import type { AuthorityStore, CaSigner } from './ports.ts';
import { checkTrustDomain, recorded } from './recorded.ts';
import { certifiedRoot, kmsRoot } from './roots.ts';

export interface AuthorityPlan {
  readonly authority: string;
  readonly trustDomain: TrustDomain;
  readonly root: CaSlot;
  /** The first one is certified and activated; the others wait for a rollover. */
  readonly issuers: readonly [CaSlot, ...CaSlot[]];
  /** Of the first issuer; they can't change once it is certified. @default - no limits */
  readonly nameConstraints?: NameConstraints | undefined;
  /** Where revocation data are served, in the certificate of the first issuer. Applied when it is recorded, like the next. */
  readonly revocationUrl: RevocationUrl;
  /** Revocation lists of the first issuer, 1 to 128. Applied when its certificate is recorded; later changes have no effect. */
  readonly crlShards: number;
}

export interface CreateAuthorityDependencies {
  readonly store: AuthorityStore;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/**
 * Creates the root and the first issuer, once. Record first: serial number, validity and hash of what will be signed are
 * stored before KMS signs. May run twice, at the same time, or be cut off anywhere: what is recorded is taken up and
 * finished with the same bytes, and what is finished is left as it is.
 *
 * @example
 * const { root, issuer } = await createAuthority({ store, signer, clock, random }, plan);
 *
 * @throws AppError `internal` where a recorded certificate holds another key than KMS does now, where the settings that
 *   determine recorded bytes were changed before they were signed, where another root, first issuer or trust domain is
 *   recorded, or where the first issuer was certified with other name constraints than the plan's.
 */
export async function createAuthority(
  deps: CreateAuthorityDependencies,
  plan: AuthorityPlan,
): Promise<{ readonly root: CertifiedRoot; readonly issuer: CertifiedIssuer }> {
  const root = await createRoot(deps, plan);
  const [slot] = plan.issuers;
  const known = recorded((await deps.store.readAuthority()).issuers, slot.id);
  const issuer = await certifyIssuer(deps, { ...plan, ...slot }, root, { known, by: SERVICE });
  checkConstraints(issuer.id, issuer.certificate, plan.nameConstraints);
  return { root, issuer: await activateFirst(deps, issuer) };
}

/** Later ones are activated by a rollover. */
async function activateFirst(
  { store, clock }: CreateAuthorityDependencies,
  issuer: CertifiedIssuer,
): Promise<CertifiedIssuer> {
  if (issuer.state !== 'READY') return issuer;
  const { id } = issuer;
  await store.changeIssuers([{ id, from: 'READY', change: { to: 'ACTIVE', at: clock(), by: SERVICE } }]);
  return certifiedIssuer((await store.readAuthority()).issuers, id);
}

async function createRoot(deps: CreateAuthorityDependencies, plan: AuthorityPlan): Promise<CertifiedRoot> {
  const { store, signer } = deps;
  const slot = plan.root;
  const known = recorded((await store.readAuthority()).roots, slot.id);
  const publicKey = await publicKeyOfRoot(signer, slot, known);
  const prepare = (draft: { readonly serialNumber: string; readonly validity: Validity }) =>
    prepareRoot({ authority: plan.authority, rootId: slot.id, keySpec: slot.keySpec, publicKey, ...draft });
  const draft = { ...newDraft(deps, slot), kind: 'kms' as const, trustDomain: plan.trustDomain };
  const reserve = () =>
    store.reserveRoot({ ...draft, state: 'RESERVED', tbsSha256: prepare(draft).tbsSha256 });
  const root = kmsRoot(known ?? (await reserve()));
  checkTrustDomain(root, plan.trustDomain);
  const certificate = root.certificate ?? (await signRecorded(signer, root, prepare(root), slot));
  checkKey(root.id, certificate, publicKey);
  return certifiedRoot([root.certificate ? root : await store.commitRoot(root.id, certificate)], root.id);
}

/** A key in KMS is the same for ever; once it is certified it may be disabled, and KMS says nothing of it then. */
function publicKeyOfRoot(signer: CaSigner, slot: CaSlot, known: Root | undefined): Promise<Uint8Array> {
  return known?.kind === 'kms' && known.certificate !== undefined && known.keyArn === slot.keyArn
    ? Promise.resolve(publicKeyOf(known.certificate))
    : signer.publicKey(slot.keyArn);
}

const NO_CONSTRAINTS: NameConstraints = { permittedDns: [], permittedIp: [] };

/** Stops a deployment with changed constraints, which would not be in force. */
function checkConstraints(
  id: string,
  certificate: Uint8Array,
  planned: NameConstraints = NO_CONSTRAINTS,
): void {
  const recorded = nameConstraintsOf(certificate) ?? NO_CONSTRAINTS;
  const { permittedDns, permittedIp } = recorded;
  if (sameItems(permittedDns, planned.permittedDns) && sameItems(permittedIp, planned.permittedIp)) return;
  throw new AppError(
    'internal',
    `${id} was certified with different name constraints than the settings now give, and keeps them: set nameConstraints to the recorded ones again; different ones need a new issuer. Recorded: ${JSON.stringify(recorded)}. Settings: ${JSON.stringify(planned)}`,
  );
}

/** In whatever order, and however often. */
function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.every((item) => b.includes(item)) && b.every((item) => a.includes(item));
}
