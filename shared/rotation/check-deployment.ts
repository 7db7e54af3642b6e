import type { Declaration } from '../domain/declaration.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import { declarationProblems } from './declaration-problems.ts';
import type { SlotStore, Stacks } from './ports.ts';

export interface CheckDeploymentDependencies {
  readonly slots: Pick<SlotStore, 'readSlots'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly stacks: Stacks;
  readonly ledger: RecordedLedger;
}

/** What the ledger says of Regions. */
export interface RecordedLedger {
  /** Undefined where it says nothing, and in a restored table, which is not open. It is asked of two Regions only. */
  activeRegion(): Promise<string | undefined>;
}

/** A deployment that is about to begin. */
export interface AskedDeployment {
  readonly declaration: Declaration;
  /** Whether the stack is new, and no other authority may be in the account and Region. */
  readonly isOnly: boolean;
  /** The Region that the deployment before this one of the same stack made active. @default - it is the first one */
  readonly askedBefore?: string | undefined;
}

/**
 * Compares a deployment with what the ledger records, before anything is changed. It writes nothing: what it reads was
 * recorded by the deployments before, each when its keys were there. May run twice and at the same time.
 *
 * A rollback always passes: it brings back what was deployed before, whatever the ledger says of what it takes away.
 * CloudFormation sends a rollback as one more update, with the properties swapped, so only the state of the stack tells.
 *
 * @param stackId ARN of the stack that is deployed
 * @param read returns what is asked; where it throws, only a rollback passes.
 * @throws AppError `internal` with all reasons for which the deployment is refused.
 */
export async function checkDeployment(
  deps: CheckDeploymentDependencies,
  stackId: string,
  read: () => AskedDeployment,
): Promise<void> {
  try {
    await refuseOther(deps, stackId, read());
  } catch (refusal) {
    if (!(await deps.stacks.isRollingBack(stackId))) throw refusal;
  }
}

async function refuseOther(
  { slots, authority, stacks, ledger }: CheckDeploymentDependencies,
  stackId: string,
  { declaration, isOnly, askedBefore }: AskedDeployment,
): Promise<void> {
  const recorded = {
    slots: await slots.readSlots(),
    authority: await authority.readAuthority(),
    activeRegion: declaration.regions === undefined ? undefined : await ledger.activeRegion(),
    askedBefore,
  };
  const problems = [
    ...declarationProblems(declaration, recorded),
    ...(isOnly ? otherAuthorities(declaration.authority, await stacks.otherAuthorities(stackId)) : []),
  ];
  if (problems.length === 0) return;
  throw new AppError(
    'internal',
    `the deployment is refused, and nothing was changed: ${problems.join('; ')}`,
  );
}

function otherAuthorities(authority: string, others: readonly string[]): readonly string[] {
  if (others.length === 0) return [];
  return [
    `authority: "${authority}" is new, and this account and Region hold the stack ${others.join(', ')}. Another name is another PKI, with keys and hosts of its own. To update the one that is there, set authority to its name; to have both, set otherAuthorities to "accept"`,
  ];
}
