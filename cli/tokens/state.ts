import type { Style } from '../terminal.ts';

/** Only an open token makes certificates; a revoked one was ended by somebody. */
export function styleOfState(state: string): Style {
  if (state === 'OPEN') return 'green';
  return state === 'REVOKED' ? 'red' : 'dim';
}
