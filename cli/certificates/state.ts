import type { Style } from '../terminal.ts';

interface Shown {
  readonly state: string;
  readonly expired: boolean;
}

/** The recorded state, or EXPIRED for a certificate that was issued and is over. */
export function stateOf({ state, expired }: Shown): string {
  return state === 'ISSUED' && expired ? 'EXPIRED' : state;
}

export function styleOfState(state: string): Style {
  if (state === 'ISSUED') return 'green';
  if (state === 'REVOKED' || state === 'VOID') return 'red';
  return state === 'RESERVED' ? 'yellow' : 'dim';
}
