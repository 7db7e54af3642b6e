import type { Place } from '../template/place.ts';

/** What CloudFormation does to all stacks at the moment: one start deploys them together. */
export type StackStatus = 'UPDATE_IN_PROGRESS' | 'UPDATE_ROLLBACK_IN_PROGRESS' | 'UPDATE_COMPLETE';

/** The stacks of the template, with their state. */
export interface LocalStacks {
  readonly names: readonly string[];
  status: StackStatus;
  /** Its ARN. */
  idOf(name: string): string;
}

export function localStacks(names: Iterable<string>, { region, accountId }: Place): LocalStacks {
  return {
    names: [...names],
    status: 'UPDATE_IN_PROGRESS',
    idOf: (name) => `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/local`,
  };
}
