import type { CaKeySpec, Issuer, Root } from '../domain/authority.ts';
import { type Clock, type Instant, plus } from '../domain/instant.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import { CA_BACKDATE_SECONDS } from '../domain/profile.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import { newSerialNumber, type RandomBytes } from '../domain/serial-number.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import type { Validity } from '../domain/validity.ts';
import { AppError } from '../errors/app-error.ts';
import { nameConstraintsOf, publicKeyOf } from '../pki/certificate.ts';
import { issue } from '../pki/issue.ts';
import { prepareIssuer } from '../pki/prepare-issuer.ts';
import { prepareRoot } from '../pki/prepare-root.ts';
import type { Prepared } from '../pki/prepared.ts';
import { type CertifiedIssuer, certifiedIssuer } from './issuers.ts';
import type { AuthorityStore, CaSigner } from './ports.ts';

/** A CA key that the template declares. */
export interface CaSlot {
  readonly id: string;
  readonly keyArn: string;
  readonly keySpec: CaKeySpec;
  /** How long its certificate is valid. Applied when the certificate is recorded; later changes have no effect. */
  readonly lifetimeSeconds: number;
}

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
): Promise<{ readonly root: Root; readonly issuer: Issuer }> {
  const root = await certifiedRoot(deps, plan);
  const [slot] = plan.issuers;
  const issuer = await certifiedFirstIssuer(deps, plan, slot, root);
  return { root, issuer: await deps.store.activateIssuer(issuer.id) };
}

type CertifiedRoot = Root & { readonly certificate: Uint8Array };

async function certifiedRoot(deps: CreateAuthorityDependencies, plan: AuthorityPlan): Promise<CertifiedRoot> {
  const { store, signer } = deps;
  const slot = plan.root;
  const publicKey = await signer.publicKey(slot.keyArn);
  const prepare = (draft: { readonly serialNumber: string; readonly validity: Validity }) =>
    prepareRoot({ authority: plan.authority, rootId: slot.id, keySpec: slot.keySpec, publicKey, ...draft });
  const known = recorded((await store.readAuthority()).roots, slot.id);
  const draft = { ...newDraft(deps, slot), trustDomain: plan.trustDomain };
  const root =
    known ?? (await store.reserveRoot({ ...draft, state: 'RESERVED', tbsSha256: prepare(draft).tbsSha256 }));
  checkTrustDomain(root, plan);
  const certificate = root.certificate ?? (await finish(deps, root, prepare(root), slot));
  checkKey(root.id, certificate, publicKey);
  return root.certificate
    ? { ...root, certificate }
    : certified(await store.commitRoot(root.id, certificate));
}

async function certifiedFirstIssuer(
  deps: CreateAuthorityDependencies,
  plan: AuthorityPlan,
  slot: CaSlot,
  root: CertifiedRoot,
): Promise<CertifiedIssuer> {
  const { store, signer } = deps;
  const { authority, nameConstraints, revocationUrl, crlShards } = plan;
  const publicKey = await signer.publicKey(slot.keyArn);
  const prepare = (draft: Pick<Issuer, 'serialNumber' | 'validity' | 'revocationUrl'>) =>
    prepareIssuer({ authority, issuerId: slot.id, publicKey, root, nameConstraints, ...draft });
  const known = recorded((await store.readAuthority()).issuers, slot.id);
  const draft = { ...newDraft(deps, slot), revocationUrl };
  const issuer =
    known ??
    (await store.reserveIssuer({
      ...draft,
      state: 'PENDING',
      rootId: root.id,
      crlShards,
      tbsSha256: prepare(draft).tbsSha256,
    }));
  const certificate = issuer.certificate ?? (await finish(deps, issuer, prepare(issuer), plan.root));
  checkKey(issuer.id, certificate, publicKey);
  checkConstraints(issuer.id, certificate, nameConstraints);
  return issuer.certificate
    ? certifiedIssuer([issuer], issuer.id)
    : certifiedIssuer([await store.commitIssuer(issuer.id, certificate)], issuer.id);
}

/**
 * The one with this id; undefined where there is none at all yet. Once there is another, the root signs nothing more here:
 * who may only run the function must not get a CA certificate for a key and an id of their choice.
 */
function recorded<Item extends { readonly id: string }>(
  items: readonly Item[],
  id: string,
): Item | undefined {
  const found = items.find((item) => item.id === id);
  if (found === undefined && items.length > 0)
    throw new AppError(
      'internal',
      `${id} is not recorded, but ${items.map((item) => item.id).join(', ')} is. An authority is created only once: append to the setting issuers, and never remove or reorder its entries`,
    );
  return found;
}

function newDraft({ clock, random }: CreateAuthorityDependencies, slot: CaSlot) {
  const createdAt: Instant = clock();
  const { id, keyArn, keySpec } = slot;
  const validity = {
    notBefore: plus(createdAt, -CA_BACKDATE_SECONDS),
    notAfter: plus(createdAt, slot.lifetimeSeconds),
  };
  return { id, keyArn, keySpec, serialNumber: newSerialNumber(random), validity, createdAt };
}

/** Signs what is recorded, with the root's key. */
async function finish(
  { signer }: CreateAuthorityDependencies,
  recorded: { readonly id: string; readonly tbsSha256: string },
  prepared: Prepared,
  rootSlot: CaSlot,
): Promise<Uint8Array> {
  if (prepared.tbsSha256 !== recorded.tbsSha256)
    throw new AppError(
      'internal',
      `${recorded.id} was recorded with different contents than the settings now give; deploy the settings that it was recorded with`,
    );
  return (await issue(prepared, (digest) => signer.sign(rootSlot, digest))).certificate;
}

/** Half of a fleet would else hold identities that the verifiers of the other half do not know. */
function checkTrustDomain(root: Root, plan: AuthorityPlan): void {
  if (root.trustDomain === plan.trustDomain) return;
  throw new AppError(
    'internal',
    `the trust domain of this authority is "${root.trustDomain}" and is part of every identity, so it cannot be changed to "${plan.trustDomain}": set trustDomain to "${root.trustDomain}", or create another authority for the new trust domain`,
  );
}

/** Stops a deployment whose slot points to another key. */
function checkKey(id: string, certificate: Uint8Array, publicKey: Uint8Array): void {
  if (Buffer.compare(publicKeyOf(certificate), publicKey) !== 0)
    throw new AppError(
      'internal',
      `the certificate of ${id} has a different key than its KMS key; a slot keeps its key: restore it, or declare a new slot`,
    );
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

function certified(root: Root): CertifiedRoot {
  if (root.certificate === undefined)
    throw new AppError('internal', `${root.id} has no certificate after its commit`);
  return { ...root, certificate: root.certificate };
}
