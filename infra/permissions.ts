import { type INDEXES, PARTITIONS } from '../shared/config/table.ts';
import type { FunctionName } from './functions.ts';

/** A line of the permission table: actions on items of some kinds. */
export interface TableGrant {
  readonly actions: readonly TableAction[];
  /**
   * Kinds of items, told by the partition key that a request names: the table's, or the index's for a query of one.
   *
   * @default - all of the index
   */
  readonly items?: readonly (keyof typeof PARTITIONS)[];
  /** @default - the table itself */
  readonly index?: keyof typeof INDEXES;
}

type TableAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** A listing walks time buckets from the month of the first root. */
const WALK_BEGINS: TableGrant = { actions: ['Query'], items: ['authority'] };

/**
 * The ONE table of who may do what to the table's items. A transaction needs the permissions of its parts: Put needs
 * PutItem, Update UpdateItem, and so on (DynamoDB developer guide, "Using IAM with DynamoDB transactions"). Nobody may
 * Scan, and nobody may delete a certificate record.
 */
export const TABLE_PERMISSIONS: Readonly<Record<FunctionName, readonly TableGrant[]>> = {
  enroll: [
    { actions: ['BatchGetItem'], items: ['token', 'name', 'key', 'authority'] },
    { actions: ['GetItem'], items: ['certificate'] },
    { actions: ['PutItem'], items: ['token', 'certificate', 'name'] },
    { actions: ['UpdateItem'], items: ['token', 'certificate'] },
  ],
  'create-token': [{ actions: ['PutItem'], items: ['token'] }],
  'list-tokens': [
    { actions: ['Query'], index: 'byBucket', items: ['token'] },
    { actions: ['BatchGetItem'], items: ['token'] },
    WALK_BEGINS,
  ],
  'get-token': [{ actions: ['Query'], items: ['token'] }],
  'revoke-token': [{ actions: ['GetItem', 'UpdateItem'], items: ['token'] }],
  'list-certificates': [
    { actions: ['Query'], index: 'byBucket', items: ['certificate'] },
    { actions: ['Query'], index: 'byName' },
    WALK_BEGINS,
  ],
  'get-certificate': [{ actions: ['GetItem'], items: ['certificate'] }],
  'get-certificate-kit': [
    { actions: ['GetItem'], items: ['certificate'] },
    { actions: ['Query'], items: ['authority'] },
  ],
  'render-kit': [
    { actions: ['GetItem'], items: ['certificate'] },
    { actions: ['Query'], items: ['authority'] },
  ],
  'get-trust': [{ actions: ['Query'], items: ['authority'] }],
  'get-openapi': [],
  'answer-not-found': [],
  'sweep-reservations': [
    { actions: ['Query'], index: 'openByAge' },
    { actions: ['GetItem'], items: ['certificate', 'name'] },
    { actions: ['UpdateItem'], items: ['certificate', 'token'] },
    { actions: ['DeleteItem'], items: ['token'] },
    { actions: ['PutItem'], items: ['name'] },
  ],
  'create-authority': [{ actions: ['Query', 'PutItem', 'UpdateItem'], items: ['authority'] }],
};

/** The values of `dynamodb:LeadingKeys` that match items of `kind`: a prefix, or the one whole key. */
export function leadingKey(kind: keyof typeof PARTITIONS): string {
  const prefix = PARTITIONS[kind];
  return prefix.endsWith('#') ? `${prefix}*` : prefix;
}
