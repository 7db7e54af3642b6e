import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterAll, describe, expect, test } from '@jest/globals';
import { cloudFormationService } from '../../infra/local/cloudformation/cloudformation.ts';
import { localStacks, type StackStatus } from '../../infra/local/cloudformation/stacks.ts';
import { startGate } from '../../infra/local/service/gate.ts';
import { cloudFormationStacks } from '../../shared/stacks/cloudformation.ts';
import { openBoundary } from '../support/open-boundary.ts';

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

/** The adapter, over the local CloudFormation with these stacks. */
async function stacksOf(names: readonly string[], status: StackStatus = 'UPDATE_IN_PROGRESS') {
  const stacks = localStacks(names, { region: 'eu-central-1', accountId: '111122223333' });
  stacks.status = status;
  const boundary = openBoundary();
  const gate = await startGate(cloudFormationService(stacks), boundary);
  closers.push(gate.close);
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  const client = new CloudFormationClient({ endpoint: gate.url, region: 'eu-central-1', credentials });
  return { ...cloudFormationStacks(client), idOf: stacks.idOf, faults: boundary.faults };
}

describe('the stacks of CloudFormation', () => {
  test.each([
    { status: 'UPDATE_IN_PROGRESS', rollingBack: false },
    { status: 'UPDATE_COMPLETE', rollingBack: false },
    { status: 'UPDATE_ROLLBACK_IN_PROGRESS', rollingBack: true },
  ] as const)('in the state $status, one is rolled back: $rollingBack', async ({ status, rollingBack }) => {
    const stacks = await stacksOf(['fleetseal-fleet-authority'], status);
    expect(await stacks.isRollingBack(stacks.idOf('fleetseal-fleet-authority'))).toBe(rollingBack);
  });

  test('an unknown one is an error, and no rollback', async () => {
    const stacks = await stacksOf(['fleetseal-fleet-authority']);
    await expect(stacks.isRollingBack('other')).rejects.toThrow('Stack with id other does not exist');
  });

  test('those of other authorities are found by their names', async () => {
    const stacks = await stacksOf([
      'fleetseal-fleet-authority',
      'fleetseal-fleet-service',
      'fleetseal-acme-authority',
      'something-authority',
    ]);
    expect(await stacks.otherAuthorities(stacks.idOf('fleetseal-fleet-authority'))).toEqual([
      'fleetseal-acme-authority',
    ]);
  });

  test('a throttled call is repeated', async () => {
    const stacks = await stacksOf(['fleetseal-fleet-authority']);
    stacks.faults.add({ service: 'cloudformation', does: 'throttle', nth: 1 });
    expect(await stacks.otherAuthorities('other')).toEqual(['fleetseal-fleet-authority']);
  });
});
