import type { Issuer, Root } from '../domain/authority.ts';
import type { Clock } from '../domain/instant.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import type { IssuerSlot } from '../domain/slot.ts';
import { AppError } from '../errors/app-error.ts';
import { certifyIssuer } from '../issuance/certify-issuer.ts';
import { type CertifiedIssuer, isCertified } from '../issuance/issuers.ts';
import type { AuthorityStore, CaSigner } from '../issuance/ports.ts';
import { activeRoot, certifiedRoot } from '../issuance/roots.ts';
import { freeSlots, issuerSlots } from './issuer-slots.ts';
import type { SlotStore } from './ports.ts';

export interface CertifyNextIssuerDependencies {
  readonly slots: Pick<SlotStore, 'readSlots'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority' | 'reserveIssuer' | 'commitIssuer'>;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface CertifyIssuerRequest {
  /** The slot to certify. @default - the issuer that is ready already, else the first free slot */
  readonly id?: string | undefined;
  /** ARN of the IAM principal, or `SERVICE`. */
  readonly by: string;
}

/** What is next: an issuer that waits already, or a slot, with what is recorded of it. */
export type NextIssuer =
  | { readonly waiting: CertifiedIssuer }
  | {
      readonly waiting?: undefined;
      readonly slot: IssuerSlot;
      readonly known: Issuer | undefined;
      readonly roots: readonly Root[];
    };

/**
 * The issuer that is certified next.
 *
 * @throws AppError `not_found` where no slot has the id; `no_free_slot`; `state_conflict` for a slot that was reported as
 *   compromised before it was certified.
 */
export async function findNextIssuer(
  { authority, slots: declared }: Pick<CertifyNextIssuerDependencies, 'authority' | 'slots'>,
  id: string | undefined,
): Promise<NextIssuer> {
  const { roots, issuers } = await authority.readAuthority();
  const slots = issuerSlots(await declared.readSlots());
  const slot = id === undefined ? nextSlot(slots, issuers) : namedSlot(slots, id);
  const known = issuers.find((issuer) => issuer.id === slot.id);
  if (known !== undefined && isCertified(known)) return { waiting: known };
  if (known?.state === 'COMPROMISED') throw compromised(slot.id);
  return { slot, known, roots };
}

/**
 * Has the root certify the next issuer: it is recorded as PENDING before the root signs, and is READY afterwards. Safe to
 * repeat: what was cut off is finished, and where an issuer is ready already, it is returned.
 *
 * @example
 * const { issuer, created } = await certifyNextIssuer(deps, { by: caller.principal });
 *
 * @throws AppError what {@link findNextIssuer} throws; `authority_not_ready` before the root exists; `internal` where it is
 *   external. @throws SigningError
 */
export async function certifyNextIssuer(
  deps: CertifyNextIssuerDependencies,
  { id, by }: CertifyIssuerRequest,
): Promise<{ readonly issuer: CertifiedIssuer; readonly created: boolean }> {
  const next = await findNextIssuer(deps, id);
  if (next.waiting !== undefined) return { issuer: next.waiting, created: false };
  const { slot, known, roots } = next;
  const root = certifiedRoot(roots, known?.rootId ?? activeRoot(roots).id);
  const { authority: store, signer, clock, random } = deps;
  const issuer = await certifyIssuer({ store, signer, clock, random }, slot, root, { known, by });
  return { issuer, created: true };
}

function nextSlot(slots: readonly IssuerSlot[], issuers: readonly Issuer[]): IssuerSlot {
  const waiting = (state: Issuer['state']) =>
    slots.find(({ id }) => issuers.some((issuer) => issuer.id === id && issuer.state === state));
  const next = waiting('PENDING') ?? waiting('READY') ?? freeSlots(slots, issuers)[0];
  if (next !== undefined) return next;
  throw new AppError(
    'no_free_slot',
    `Every issuer slot of this deployment is in use (${slots.map(({ id }) => id).join(', ')}). Append one to the setting "issuers" and deploy, then send the same request again.`,
  );
}

function namedSlot(slots: readonly IssuerSlot[], id: string): IssuerSlot {
  const named = slots.find((slot) => slot.id === id);
  if (named !== undefined) return named;
  throw new AppError(
    'not_found',
    `This deployment declares no issuer slot "${id}"; it has ${slots.map((slot) => slot.id).join(', ')}. Append it to the setting "issuers" and deploy.`,
  );
}

function compromised(id: string): AppError {
  return new AppError(
    'state_conflict',
    `The key of ${id} was reported as compromised, so it is not certified. Certify another slot.`,
  );
}
