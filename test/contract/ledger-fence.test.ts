import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { plus } from '../../shared/domain/instant.ts';
import type { LedgerState } from '../../shared/domain/ledger.ts';
import type { AppError } from '../../shared/errors/app-error.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoLedgerFence } from '../../shared/store/ledger.ts';
import { ledgerItem } from '../../shared/store/ledger-state.ts';
import { dynamoAuthorityReader, unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoRenewalStore } from '../../shared/store/renewal-store.ts';
import { startTestDynamo, type TestDynamo, type TestTable } from '../support/dynamodb.ts';
import { NOW, sampleRecord, sampleRoot } from '../support/records.ts';

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
      message:
        'The records of this authority are being moved to a restored table. Send the same request again later.',
      retryAfterSeconds: 300,
      internal: { tableName: table.tableName, successor: 'copy' },
    });
  });
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
