import type { CrossCertificate, KmsRoot, Root } from '../domain/authority.ts';
import { type Clock, plus } from '../domain/instant.ts';
import { CA_BACKDATE_SECONDS } from '../domain/profile.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import { isActive, isTrusted } from '../domain/root-states.ts';
import { newSerialNumber, type RandomBytes } from '../domain/serial-number.ts';
import type { RootSlot } from '../domain/slot.ts';
import { AppError } from '../errors/app-error.ts';
import { type CertifiedRoot, checkKey, newDraft, signRecorded } from '../issuance/certify-ca.ts';
import type { AuthorityStore, CaSigner } from '../issuance/ports.ts';
import { activeRoot, certifiedRoot, kmsRoot } from '../issuance/roots.ts';
import { prepareCrossCertificate } from '../pki/prepare-cross-certificate.ts';
import { prepareRoot } from '../pki/prepare-root.ts';
import type { RootStore, SlotStore } from './ports.ts';

export interface CertifyRootDependencies {
  readonly slots: Pick<SlotStore, 'readSlots'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority' | 'commitRoot'>;
  readonly roots: Pick<RootStore, 'reserveNextRoot' | 'reserveCross' | 'commitCross'>;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Where revocation data are served. */
  readonly revocationUrl: RevocationUrl;
}

/**
 * Makes the next root: it signs itself, and the active root signs its cross-certificate; then it is TRUSTED, in the trust
 * bundle, and certifies nothing yet. Each certificate is recorded before it is signed. Safe to repeat: what was cut off is
 * finished with the same bytes, and what is finished is returned.
 *
 * @param by - ARN of the IAM principal
 * @throws AppError `not_found` where the deployment declares no such root; `state_conflict` while another rollover goes on,
 *   or where the root lived no longer than the active one. @throws SigningError
 */
export async function certifyRoot(
  deps: CertifyRootDependencies,
  { id, by }: { readonly id: string; readonly by: string },
): Promise<{ readonly root: Root; readonly created: boolean }> {
  const { roots } = await deps.authority.readAuthority();
  const known = roots.find((root) => root.id === id);
  if (known !== undefined && known.state !== 'RESERVED' && known.state !== 'ISSUED')
    return { root: known, created: false };
  if (known !== undefined && isActive(known)) return { root: known, created: false };
  const signer =
    known?.predecessorId === undefined ? crossSigner(roots) : certifiedRoot(roots, known.predecessorId);
  const slot = await slotOf(deps, id);
  checkAlone(roots, id);
  const issued = await selfSigned(deps, slot, known, signer, by);
  return { root: await crossCertified(deps, slot, issued, signer, by), created: true };
}

/** The active root, which signs the cross-certificate. */
function crossSigner(roots: readonly Root[]): CertifiedRoot {
  const root = activeRoot(roots);
  if (root.kind === 'kms') return root;
  throw new AppError(
    'state_conflict',
    `${root.id} is an external root, whose key this service does not have, so no root is certified here. Append the certificate of the next root to the setting "successorRoots" and deploy: it is in the trust bundle from then on, and POST /v1/roots/{id}/activate activates it.`,
  );
}

async function slotOf({ slots }: CertifyRootDependencies, id: string): Promise<RootSlot> {
  const declared = (await slots.readSlots()).filter((slot) => slot.kind === 'root');
  const slot = declared.find((one) => one.id === id);
  if (slot !== undefined) return slot;
  throw new AppError(
    'not_found',
    `This deployment declares no root "${id}"; it has ${declared.map((one) => one.id).join(', ')}. Append it to the setting "successorRoots" and deploy.`,
  );
}

/** A chain has room for one cross-certificate. */
function checkAlone(roots: readonly Root[], id: string): void {
  const others = roots.filter((root) => root.id !== id && root.state !== 'RETIRED');
  if (others.length > 1) throw notAlone(`(${others.map((root) => root.id).join(', ')})`);
}

function notAlone(which: string): AppError {
  return new AppError(
    'state_conflict',
    `Another rollover of roots goes on ${which}. Finish it first: activate the newer root, and retire the older one.`,
  );
}

async function selfSigned(
  deps: CertifyRootDependencies,
  slot: RootSlot,
  known: Root | undefined,
  predecessor: CertifiedRoot,
  by: string,
): Promise<CertifiedRoot> {
  const { authority: store, roots, signer } = deps;
  const publicKey = await signer.publicKey(slot.keyArn, { ...slot, by });
  const prepare = (draft: Pick<KmsRoot, 'serialNumber' | 'validity'>) =>
    prepareRoot({ authority: slot.authority, rootId: slot.id, keySpec: slot.keySpec, publicKey, ...draft });
  const draft = {
    ...newDraft(deps, slot),
    kind: 'kms' as const,
    trustDomain: predecessor.trustDomain,
    predecessorId: predecessor.id,
  };
  if (known === undefined && draft.validity.notAfter <= predecessor.validity.notAfter)
    throw new AppError(
      'state_conflict',
      `${slot.id} would not outlive ${predecessor.id}. Give it a longer lifetimeYears in the setting "successorRoots" and deploy.`,
    );
  const reserve = () =>
    roots.reserveNextRoot({ ...draft, state: 'RESERVED', tbsSha256: prepare(draft).tbsSha256 });
  const reserved = known ?? (await reserve());
  // Another root was faster since the roots were read.
  if (reserved === undefined) throw notAlone(`from ${predecessor.id}`);
  const root = kmsRoot(reserved);
  const certificate = root.certificate ?? (await signRecorded(signer, root, prepare(root), slot, by));
  checkKey(root.id, certificate, publicKey);
  return certifiedRoot([root.certificate ? root : await store.commitRoot(root.id, certificate)], root.id);
}

async function crossCertified(
  deps: CertifyRootDependencies,
  { authority }: RootSlot,
  root: CertifiedRoot,
  predecessor: CertifiedRoot,
  by: string,
): Promise<Root> {
  const { roots: store, signer, clock, random, revocationUrl } = deps;
  const prepare = (draft: Pick<CrossCertificate, 'serialNumber' | 'validity' | 'revocationUrl'>) =>
    prepareCrossCertificate({ authority, subject: root, root: predecessor, ...draft });
  const createdAt = clock();
  const draft = {
    rootId: predecessor.id,
    revocationUrl,
    serialNumber: newSerialNumber(random),
    validity: {
      notBefore: plus(createdAt, -CA_BACKDATE_SECONDS),
      // No certificate of a path may outlive its issuer.
      notAfter: predecessor.validity.notAfter,
    },
    createdAt,
  };
  const cross =
    root.cross ?? (await store.reserveCross(root.id, { ...draft, tbsSha256: prepare(draft).tbsSha256 }));
  const recorded = { id: `the cross-certificate of ${root.id}`, tbsSha256: cross.tbsSha256 };
  const certificate = await signRecorded(signer, recorded, prepare(cross), predecessor, by);
  const committed = await store.commitCross(root.id, certificate, { to: 'TRUSTED', at: clock(), by });
  if (!isTrusted(committed)) throw new AppError('internal', `${root.id} is not trusted after its commit`);
  return committed;
}
