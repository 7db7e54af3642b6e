import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { plus } from '../../shared/domain/instant.ts';
import type { ReconciliationProgress } from '../../shared/rotation/ports.ts';
import { dynamoReconciliationProgress } from '../../shared/store/reconciliation-progress.ts';
import { fakeReconciliationProgress } from '../fakes/reconciliation.ts';
import { startTestDynamo, type TestDynamo } from '../support/dynamodb.ts';
import { NOW } from '../support/records.ts';

let dynamo: Promise<TestDynamo> | undefined;
afterAll(async () => (await dynamo)?.stop());

async function startAdapter(): Promise<ReconciliationProgress> {
  dynamo ??= startTestDynamo();
  return dynamoReconciliationProgress(await (await dynamo).createTable());
}

describe.each([
  { name: 'the fake', start: async () => fakeReconciliationProgress() },
  { name: 'the DynamoDB adapter', start: startAdapter },
])('how far signatures were reconciled, on $name', ({ start }) => {
  let progress: ReconciliationProgress;
  beforeEach(async () => {
    progress = await start();
  });

  test('is nothing at first, then kept for each pass', async () => {
    expect(await progress.readProgress()).toEqual({});
    await progress.noteProgress('early', NOW);
    expect(await progress.readProgress()).toEqual({ early: NOW });
    await progress.noteProgress('late', plus(NOW, -60));
    expect(await progress.readProgress()).toEqual({ early: NOW, late: plus(NOW, -60) });
  });

  test('never moves back', async () => {
    await progress.noteProgress('early', NOW);
    await progress.noteProgress('early', plus(NOW, -1));
    await progress.noteProgress('early', NOW);
    expect(await progress.readProgress()).toEqual({ early: NOW });
  });
});
