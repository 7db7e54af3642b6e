import { describe, expect, test } from '@jest/globals';
import { unguardedWrites } from './guarded-writes.ts';

const at = (pk: string) => ({ TableName: 't', Key: { pk: { S: pk }, sk: { S: 'META' } } });
const put = (pk: string, condition: object = {}) => ({
  TableName: 't',
  Item: { pk: { S: pk } },
  ...condition,
});
const when = (ConditionExpression: string) => ({ ConditionExpression });

describe('a write to the ledger', () => {
  test.each([
    {
      name: 'a record that may be there',
      command: 'PutItemCommand',
      input: put('CERT#1'),
      says: ['PutItemCommand of CERT#1 asks for no state'],
    },
    {
      name: 'a record in any state',
      command: 'UpdateItemCommand',
      input: {
        ...at('CERT#1'),
        UpdateExpression: 'SET #certificate = :c',
        ...when('attribute_exists(#state)'),
      },
      says: ['in any state: SET #certificate = :c'],
    },
    {
      name: 'the successor of a record, whichever it is',
      command: 'UpdateItemCommand',
      input: { ...at('CERT#1'), UpdateExpression: 'REMOVE #successor, #successorKey' },
      says: ['UpdateItemCommand of CERT#1 asks for no state'],
    },
    {
      name: 'more of a record than its successor',
      command: 'UpdateItemCommand',
      input: {
        ...at('CERT#1'),
        UpdateExpression: 'SET #certificate = :c',
        ...when('#successor = :successor'),
      },
      says: ['UpdateItemCommand of CERT#1 asks for no state'],
    },
    {
      name: 'a name in a transaction',
      command: 'TransactWriteItemsCommand',
      input: {
        TransactItems: [{ Put: put('CERT#1', when('attribute_not_exists(#pk)')) }, { Put: put('NAME#a') }],
      },
      says: ['TransactWriteItemsCommand of NAME#a has no condition'],
    },
    {
      name: 'a record that is deleted',
      command: 'DeleteItemCommand',
      input: at('CERT#1'),
      says: ['DeleteItemCommand of CERT#1 asks for no state'],
    },
    {
      name: 'a deployment without a look at the record',
      command: 'PutItemCommand',
      input: put('DEPLOYMENT#1'),
      says: ['PutItemCommand of DEPLOYMENT#1 does not check its record'],
    },
    {
      name: 'a deployment with a look at another record',
      command: 'TransactWriteItemsCommand',
      input: {
        TransactItems: [
          { ConditionCheck: { ...at('CERT#2'), ...when('#state = :issued') } },
          { Put: put('DEPLOYMENT#1') },
        ],
      },
      says: ['TransactWriteItemsCommand of DEPLOYMENT#1 does not check its record'],
    },
    {
      name: 'a deployment with a look at its record',
      command: 'TransactWriteItemsCommand',
      input: {
        TransactItems: [
          { ConditionCheck: { ...at('CERT#1'), ...when('#state = :issued') } },
          { Put: put('DEPLOYMENT#1') },
        ],
      },
      says: [],
    },
    {
      name: 'a block that would replace an earlier one',
      command: 'UpdateItemCommand',
      input: { ...at('BLOCK'), UpdateExpression: 'SET #block = :block' },
      says: ['UpdateItemCommand of BLOCK has no condition'],
    },
    {
      name: 'a block that keeps an earlier one',
      command: 'UpdateItemCommand',
      input: { ...at('BLOCK'), UpdateExpression: 'SET #block = if_not_exists(#block, :block)' },
      says: [],
    },
    {
      name: 'an entry of a revocation list that may be there',
      command: 'PutItemCommand',
      input: put('REVOKED#issuer-1#000'),
      says: ['PutItemCommand of REVOKED#issuer-1#000 has no condition'],
    },
    { name: 'an OCSP response that is dropped', command: 'DeleteItemCommand', input: at('OCSP#1'), says: [] },
    {
      name: 'a use',
      command: 'UpdateItemCommand',
      input: { ...at('USE#1#00'), UpdateExpression: 'ADD #used :back' },
      says: [],
    },
    { name: 'nothing: it reads', command: 'GetItemCommand', input: at('CERT#1'), says: [] },
  ])('is told apart from a guarded one: $name', ({ command, input, says }) => {
    expect(unguardedWrites(command, input)).toEqual(says);
  });
});
