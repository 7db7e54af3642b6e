import type {
  AuthorityStore,
  CeremonyLog,
  CertificateListing,
  DeploymentLedger,
  IssuanceStore,
  TokenStore,
} from '../../shared/issuance/ports.ts';
import type {
  AgentLedger,
  BlockLedger,
  OcspStore,
  ResponderStore,
  RevocationLedger,
  RevokedCertificates,
  TokenCertificates,
} from '../../shared/revocation/ports.ts';
import type {
  AuthorityEventLog,
  ConfirmationLedger,
  ExpiryLedger,
  ExternalIssuerStore,
  RenewalStore,
  ReplacementStore,
  RootStore,
  SelectedCertificates,
  SlotStore,
} from '../../shared/rotation/ports.ts';
import { fakeAuthority, fakeExternalIssuers } from './authority.ts';
import { fakeCeremonies } from './ceremonies.ts';
import { fakeEventLog } from './event-log.ts';
import { fakeExpiry } from './expiry.ts';
import { fakeIssuance } from './issuance.ts';
import { fakeDeployments, fakeListing } from './listing.ts';
import { fakeOcsp } from './ocsp.ts';
import { fakeRenewal } from './renewal.ts';
import { fakeReplacements } from './replacements.ts';
import { fakeBlocks, fakeRevocation } from './revocation.ts';
import { fakeRoots } from './roots.ts';
import { fakeSlots } from './slots.ts';
import { emptyTables, type Tables } from './tables.ts';
import { fakeTokens } from './tokens.ts';

export type StorePorts = IssuanceStore &
  RenewalStore &
  Omit<ConfirmationLedger, 'certificate'> &
  TokenStore &
  CertificateListing &
  DeploymentLedger &
  AuthorityStore &
  SlotStore &
  CeremonyLog &
  RootStore &
  ExternalIssuerStore &
  Omit<RevocationLedger, 'certificate'> &
  Pick<AgentLedger, 'note'> &
  RevokedCertificates &
  TokenCertificates &
  BlockLedger &
  OcspStore &
  ResponderStore &
  ExpiryLedger &
  AuthorityEventLog &
  ReplacementStore &
  SelectedCertificates;
export type StoreMethod = keyof StorePorts;

/** What goes wrong at the next call of a method. */
export interface Failure {
  readonly error: Error;
  /** `before`: nothing happens. `after`: it happens, and the answer is lost. */
  readonly when: 'before' | 'after';
  /** How many calls fail in a row. @default 1 */
  readonly times?: number;
}

export interface FakeStore extends StorePorts {
  /** All that is held, to look into and to arrange. */
  readonly tables: Tables;
  /** The methods called, in order. */
  readonly calls: readonly StoreMethod[];
  failNext(method: StoreMethod, failure: Failure): void;
  /** Runs `action` inside the next call of `method`, before it acts: somebody else is faster. */
  interleave(method: StoreMethod, action: () => unknown): void;
}

/**
 * All store ports over one memory, with the semantics of the DynamoDB adapter (the contract suites run on both). Calls
 * yield to other tasks before they act, so that concurrent callers do interleave.
 */
export function fakeStore(): FakeStore {
  const tables = emptyTables();
  const ports: StorePorts = {
    ...fakeIssuance(tables),
    ...fakeRoots(tables),
    ...fakeExternalIssuers(tables),
    ...fakeTokens(tables),
    ...fakeListing(tables),
    ...fakeDeployments(tables),
    ...fakeAuthority(tables),
    ...fakeSlots(tables),
    ...fakeCeremonies(tables),
    ...fakeRevocation(tables),
    ...fakeBlocks(tables),
    ...fakeOcsp(tables),
    ...fakeExpiry(tables),
    ...fakeEventLog(tables),
    ...fakeReplacements(tables),
    ...fakeRenewal(tables),
  };
  const calls: StoreMethod[] = [];
  const failures = new Map<StoreMethod, Required<Failure>>();
  const actions = new Map<StoreMethod, () => unknown>();

  const failing = (method: StoreMethod, when: Failure['when']): void => {
    const failure = failures.get(method);
    if (failure?.when !== when) return;
    if (failure.times <= 1) failures.delete(method);
    else failures.set(method, { ...failure, times: failure.times - 1 });
    throw failure.error;
  };

  const guarded = (method: StoreMethod) => {
    const act = ports[method] as (...args: readonly unknown[]) => Promise<unknown>;
    return async (...args: readonly unknown[]) => {
      calls.push(method);
      await new Promise((resolve) => setImmediate(resolve));
      const action = actions.get(method);
      actions.delete(method);
      await action?.();
      failing(method, 'before');
      const answer = await act(...args);
      failing(method, 'after');
      return answer;
    };
  };

  const methods = Object.keys(ports) as StoreMethod[];
  return {
    ...(Object.fromEntries(methods.map((method) => [method, guarded(method)])) as unknown as StorePorts),
    revokedEntries: ports.revokedEntries,
    tables,
    calls,
    failNext: (method, failure) => failures.set(method, { times: 1, ...failure }),
    interleave: (method, action) => actions.set(method, action),
  };
}
