import { expect, test } from '@jest/globals';
import { changedShards } from '../../../shared/store/changed-shards.ts';

const record = (pk: string, eventName: 'INSERT' | 'MODIFY' | 'REMOVE' = 'INSERT') => ({
  eventName,
  dynamodb: { Keys: { pk: { S: pk }, sk: { S: '01' } } },
});

test('the shards of a batch of records are each named once', () => {
  const records = [
    'REVOKED#issuer-1#003',
    'REVOKED#issuer-2#003',
    'REVOKED#issuer-1#127',
    'REVOKED#issuer-1#003',
  ];
  expect(changedShards(records.map((pk) => record(pk)))).toEqual([
    { issuerId: 'issuer-1', shard: 3 },
    { issuerId: 'issuer-2', shard: 3 },
    { issuerId: 'issuer-1', shard: 127 },
  ]);
});

test('what was cleaned up changes no list, nor does anything else in the table', () => {
  const others = [
    'CERT#01',
    'REVOKED#',
    'REVOKED#issuer-1',
    'REVOKED#issuer-1#x',
    'REVOKED#issuer-1#0003',
    '',
  ];
  expect(
    changedShards([record('REVOKED#issuer-1#003', 'REMOVE'), {}, ...others.map((pk) => record(pk))]),
  ).toEqual([]);
});
