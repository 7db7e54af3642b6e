import type { IssuerState } from '../domain/authority.ts';

/**
 * What may be done with an issuer, in which states, and what it is then. `compromise` is possible in every state, and final.
 * A slot never becomes free again: the key of an issuer that is over stays with it.
 */
export const ISSUER_ACTIONS = {
  /** Issues from then on; the one that was active in its key family drains. */
  activate: { from: ['READY'], to: 'ACTIVE' },
  /** Completes what was reserved, and signs revocation lists and the certificates of responders. */
  drain: { from: ['ACTIVE'], to: 'DRAINING' },
  /** Signs nothing more: none of its certificates is valid any more, or it never issued one. */
  retire: { from: ['READY', 'DRAINING'], to: 'RETIRED' },
  /** Issues nothing more, at once; signs revocation lists until the root revokes it. */
  compromise: { from: ['PENDING', 'READY', 'ACTIVE', 'DRAINING', 'RETIRED'], to: 'COMPROMISED' },
} as const satisfies Readonly<
  Record<string, { readonly from: readonly IssuerState[]; readonly to: IssuerState }>
>;

/** A key of {@link ISSUER_ACTIONS}. */
export type IssuerAction = keyof typeof ISSUER_ACTIONS;
