/** A run of the simulated fleet, as test/simulation/run.ts records it. Days count from the start of the simulation. */
export interface FleetRecord {
  readonly seed: number;
  readonly agents: number;
  readonly servers: number;
  readonly days: number;
  /** Once a week: the agents that should work, and those whose certificate is valid, by issuer. */
  readonly weeks: readonly Week[];
  /** Roots first, then issuers. */
  readonly authorities: readonly AuthorityStates[];
  /** Which share of live certificates is on hosts that trust a root. */
  readonly adoption: readonly Adoption[];
  /** What administrators did. */
  readonly acts: readonly { readonly day: number; readonly what: string }[];
  readonly figures: readonly { readonly name: string; readonly value: number }[];
}

export interface Week {
  readonly day: number;
  readonly live: number;
  readonly valid: Readonly<Record<string, number>>;
}

export interface AuthorityStates {
  readonly id: string;
  readonly states: readonly { readonly state: string; readonly from: number; readonly to: number }[];
}

export interface Adoption {
  readonly root: string;
  readonly points: readonly { readonly day: number; readonly share: number }[];
}
