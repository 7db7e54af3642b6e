import type { Issuer } from '../domain/authority.ts';
import type { Clock } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import { type IssuerChangeRequest, planIssuerChange } from './plan-issuer-change.ts';

export interface ChangeIssuerDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority' | 'changeIssuers'>;
  readonly clock: Clock;
}

export interface ChangedIssuer {
  readonly issuer: Issuer;
  readonly issuers: readonly Issuer[];
  readonly changed: readonly string[];
}

/** How often a change starts over because another one was faster. */
const ROUNDS = 8;

/**
 * Changes the state of an issuer, and of those that depend on it, all or nothing. Safe to repeat: an issuer that is as
 * requested stays as it is, with the time and the author of the first change.
 *
 * @example
 * await changeIssuer({ authority, clock }, { id: 'issuer-2', action: 'activate', by: caller.principal });
 *
 * @returns the issuer and all issuers as they are then, and the ids of those that this call changed.
 * @throws AppError `not_found`, `state_conflict`; `try_again` where other changes were faster each time.
 */
export async function changeIssuer(
  { authority, clock }: ChangeIssuerDependencies,
  request: IssuerChangeRequest,
): Promise<ChangedIssuer> {
  for (let round = 1; round <= ROUNDS; round++) {
    const { issuers } = await authority.readAuthority();
    const plan = planIssuerChange(issuers, request, clock());
    if (plan === undefined) return { issuer: find(issuers, request.id), issuers, changed: [] };
    const outcome = await authority.changeIssuers(plan.transitions, plan.unchanged);
    if (outcome === 'refused') continue;
    const after = (await authority.readAuthority()).issuers;
    const changed = plan.transitions.map(({ id }) => id);
    return { issuer: find(after, request.id), issuers: after, changed };
  }
  throw new AppError('try_again', 'Other changes of the issuers were faster. Send the same request again.');
}

function find(issuers: readonly Issuer[], id: string): Issuer {
  const issuer = issuers.find((one) => one.id === id);
  if (issuer === undefined) throw new AppError('internal', `${id} is no longer recorded`);
  return issuer;
}
