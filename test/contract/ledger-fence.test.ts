import { readdirSync, readFileSync } from 'node:fs';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Instant, instant, plus } from '../../shared/domain/instant.ts';
import type { LedgerState } from '../../shared/domain/ledger.ts';
import type { AppError } from '../../shared/errors/app-error.ts';
import { dynamoAgentLedger } from '../../shared/store/agent-ledger.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoExpiryLedger } from '../../shared/store/expiry-ledger.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoLedgerFence } from '../../shared/store/ledger.ts';
import { ledgerItem } from '../../shared/store/ledger-state.ts';
import { dynamoAuthorityReader, unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoDeploymentLedger } from '../../shared/store/record-deployment.ts';
import { dynamoRenewalStore } from '../../shared/store/renewal-store.ts';
import { dynamoReplacementStore } from '../../shared/store/replacement-store.ts';
import { dynamoRevocationLedger } from '../../shared/store/revoke.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { startTestDynamo, type TestDynamo, type TestTable } from '../support/dynamodb.ts';
import {
  freeName,
  NOW,
  sampleRecord,
  sampleReservation,
  sampleRevocation,
  sampleRoot,
  sampleToken,
} from '../support/records.ts';

let dynamo: TestDynamo;
let table: TestTable;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  table = await dynamo.createTable();
});

const NOTHING_LIKELY = { name: undefined, dnsNames: [], ipAddresses: [] };

/** What enrollment, renewal and everything else that signs reads first. */
const { serialNumber, publicKeySha256, name } = sampleRecord();
const READS: Readonly<Record<string, () => Promise<unknown>>> = {
  'the authority': () => dynamoAuthorityStore(table).readAuthority(),
  'the authority, only to read': () => dynamoAuthorityReader(table).readAuthority(),
  'an enrollment': () =>
    dynamoIssuanceStore({ ...table, rootIds: ['root-1'], issuerIds: ['issuer-1'] }).readForEnrollment({
      tokenId: 'A'.repeat(16),
      publicKeySha256,
      name,
      dnsNames: [],
      ipAddresses: [],
    }),
  'a renewal': () =>
    renewals().readForRenewal({
      reference: { serialNumber },
      publicKeySha256,
      likely: NOTHING_LIKELY,
    }),
  'a renewal by a thumbprint': () =>
    renewals().readForRenewal({
      reference: { thumbprint: 'ab'.repeat(32) },
      publicKeySha256,
      likely: NOTHING_LIKELY,
    }),
  'the sweeper': () => dynamoLedgerFence(table).checkOpen(),
};

function renewals() {
  return dynamoRenewalStore({ ...table, rootIds: ['root-1'], issuerIds: ['issuer-1'] });
}

const MOVED =
  'The records of this authority have moved to a restored table, and nothing is signed from the former one or written to it. Send the same request again later. If this lasts, deploy all stacks of the authority again (cdk deploy --all).';

/** What is recorded without a look at the authority. */
const token = sampleToken();
const record = sampleRecord({ tokenId: token.id });
const block = { at: NOW, by: 'admin', reason: 'keyCompromise' } as const;
const nameBlock = { ...block, profile: record.profile, name: record.name };
const replacement = {
  ...{ id: 'A1b2C3d4E5f6G7h8', selector: {}, createdAt: NOW, createdBy: 'admin', by: plus(NOW, 3600) },
  certificates: 1,
};
const WRITES: Readonly<Record<string, () => Promise<unknown>>> = {
  'a revocation': () =>
    dynamoRevocationLedger(table).revoke(record, sampleRevocation(), { name: undefined, exclusive: [] }),
  'a block of a name': () => dynamoBlockLedger(table).blockName(freeName(record.name), nameBlock),
  'a block that is lifted': () => dynamoBlockLedger(table).unblockName(freeName(record.name), nameBlock),
  'a block of a key': () =>
    dynamoBlockLedger(table).blockKey({ ...block, publicKeySha256: record.publicKeySha256 }),
  'a bootstrap token': () => dynamoTokenStore(table).createToken(sampleToken()),
  'a token that is revoked': () => dynamoTokenStore(table).revokeToken(token.id, NOW),
  'a reservation': () => issuance().reserve(sampleReservation(token), NOW),
  'a lease': () => issuance().takeLease(record.serialNumber, { owner: 'worker', until: NOW }, NOW),
  'a commit': () =>
    issuance().commit(record, { certificate: Uint8Array.of(0x30, 0), issuedAt: NOW, attempts: [] }),
  'the deployment of a host': () => issuance().recordHostDeployment(record.serialNumber, '{}'),
  'the deployment of an administrator': () =>
    dynamoDeploymentLedger(table).recordAdministratorDeployment(record.serialNumber, '{}'),
  'a mass replacement': () => dynamoReplacementStore(table).createReplacement(replacement),
  'the end of a mass replacement': () => dynamoReplacementStore(table).deleteReplacement(replacement),
  'an expiry that is reported': () => dynamoExpiryLedger(table).noteReported(record, 3),
  'an event': () =>
    dynamoAgentLedger(table).note(record.serialNumber, { at: NOW, event: 'agentUnenrolled', by: 'admin' }),
  'a root': () => dynamoAuthorityStore(table).reserveRoot(sampleRoot()),
};

function issuance() {
  return dynamoIssuanceStore({ ...table, rootIds: ['root-1'], issuerIds: ['issuer-1'] });
}

/** Puts what another table says of itself, as a restore does. */
function restoredFrom(other: string): Promise<void> {
  return overwrite({ tableName: other, openedAt: NOW });
}

async function overwrite(state: LedgerState): Promise<void> {
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: ledgerItem(state) }));
}

async function problemOf(read: () => Promise<unknown>): Promise<Partial<AppError> | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    const { code, message, retryAfterSeconds, internal } = error as AppError;
    return { code, message, retryAfterSeconds, internal } as Partial<AppError>;
  }
}

describe.each(Object.keys(READS))('%s', (which) => {
  const read = () => problemOf(READS[which] ?? (() => Promise.resolve()));

  test('is read from a table that says nothing of itself, and from one that was declared', async () => {
    expect(await read()).toBeUndefined();
    await dynamoLedgerFence(table).declare(NOW);
    expect(await read()).toBeUndefined();
  });

  test('is refused from a copy of another table', async () => {
    await restoredFrom('original');
    expect(await read()).toEqual({
      code: 'authority_not_ready',
      message:
        'The records of this authority were restored from a backup, and nothing is signed until what happened since has been merged. Send the same request again later.',
      retryAfterSeconds: 300,
      internal: { tableName: table.tableName, copyOf: 'original' },
    });
  });

  test('is refused from a table that was replaced', async () => {
    await overwrite({ tableName: table.tableName, openedAt: NOW, successor: 'copy', closedAt: NOW });
    expect(await read()).toEqual({
      code: 'authority_not_ready',
      message: MOVED,
      retryAfterSeconds: 300,
      internal: { tableName: table.tableName, successor: 'copy' },
    });
  });
});

describe.each(Object.keys(WRITES))('%s', (which) => {
  const write = () => problemOf(WRITES[which] ?? (() => Promise.resolve()));
  const written = () =>
    dynamo.server.calls.all().filter(({ action }) => !/^(Get|BatchGet|Query)/.test(action));

  test('is refused by a table that was replaced, with the way out', async () => {
    await dynamoTokenStore({ ...table, clock: () => instant(0) }).createToken(token);
    await overwrite({ tableName: table.tableName, openedAt: NOW, successor: 'copy', closedAt: NOW });
    dynamo.server.calls.reset();
    expect(await write()).toEqual({
      code: 'authority_not_ready',
      message: MOVED,
      retryAfterSeconds: 300,
      internal: { tableName: table.tableName, successor: 'copy' },
    });
    expect(written()).toEqual([]);
  });

  test('reaches a copy that was not opened yet', async () => {
    await dynamoTokenStore(table).createToken(token);
    await restoredFrom('original');
    dynamo.server.calls.reset();
    expect((await write())?.code).not.toBe('authority_not_ready');
    expect(written()).not.toEqual([]);
  });
});

test('a process looks once a minute whether the table was replaced', async () => {
  const create = (at: Instant) => dynamoTokenStore({ ...table, clock: () => at }).createToken(sampleToken());
  dynamo.server.calls.reset();
  await create(NOW);
  await create(plus(NOW, 59));
  expect(dynamo.server.calls.all().map(({ action }) => action)).toEqual([
    'Query',
    'TransactWriteItems',
    'TransactWriteItems',
  ]);
  await overwrite({ tableName: table.tableName, openedAt: NOW, successor: 'copy', closedAt: NOW });
  await expect(create(plus(NOW, 60))).rejects.toMatchObject({ code: 'authority_not_ready' });
  // It does not go back to what it saw before.
  await expect(create(plus(NOW, 59))).rejects.toMatchObject({ code: 'authority_not_ready' });
});

test('every file that writes asks before', () => {
  const folder = new URL('../../shared/store/', import.meta.url);
  const writing = readdirSync(folder).filter((file) =>
    /\bnew (Put|Update|Delete)ItemCommand|\bnew (BatchWriteItem|TransactWriteItems|BatchExecuteStatement|ExecuteTransaction|ExecuteStatement)Command/.test(
      readFileSync(new URL(file, folder), 'utf8'),
    ),
  );
  expect(writing.length).toBeGreaterThan(4);
  const asking = writing.filter((file) =>
    readFileSync(new URL(file, folder), 'utf8').includes('await checkNotMoved(context)'),
  );
  expect(asking).toEqual(writing);
});

test('what signs nothing reads the authority of a copy too', async () => {
  await dynamoAuthorityStore(table).reserveRoot(sampleRoot());
  await restoredFrom('original');
  const { roots } = await unfencedAuthorityReader(table).readAuthority();
  expect(roots.map(({ id }) => id)).toEqual(['root-1']);
  const changing = dynamoAuthorityStore({ ...table, fence: 'ignored' });
  expect((await changing.readAuthority()).roots).toEqual(roots);
});

test('a table is declared once: a copy keeps the name of the original', async () => {
  await restoredFrom('original');
  const state = { tableName: 'original', openedAt: NOW };
  expect(await dynamoLedgerFence(table).declare(plus(NOW, 60))).toEqual(state);
  expect(await dynamoLedgerFence(table).readState()).toEqual(state);
});
