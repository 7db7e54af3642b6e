import { type INDEXES, PARTITIONS } from '../shared/config/table.ts';
import type { FunctionName } from './functions.ts';

/**
 * An entry of the permission table: actions on some kinds of items, by the partition keys in a request; or queries of a
 * whole index. What `dynamodb:LeadingKeys` holds for a query of an index is not documented, so each index serves one
 * purpose and is granted as a whole.
 */
export type TableGrant =
  | { readonly actions: readonly TableAction[]; readonly items: readonly (keyof typeof PARTITIONS)[] }
  | { readonly actions: readonly ['Query']; readonly index: keyof typeof INDEXES };

type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'ConditionCheckItem'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem';

/** Listings go back to the month of the first root. */
const WALK_BEGINS: TableGrant = { actions: ['Query'], items: ['authority'] };

/**
 * What writes looks first whether the table was replaced by a restored one, unless it reads the authority anyway. With two
 * Regions, every function has it: what it read is soon too old to say which one is active.
 */
export const NOT_MOVED: TableGrant = { actions: ['Query'], items: ['authority'] };

/**
 * The ONE table of what each function may do to the table's items. A transaction needs the permissions of its parts: Put
 * needs PutItem, ConditionCheck ConditionCheckItem, and so on (DynamoDB developer guide, "Using IAM with DynamoDB transactions"). No
 * function may Scan, and only the archive's may delete a certificate record.
 */
export const TABLE_PERMISSIONS: Readonly<Record<FunctionName, readonly TableGrant[]>> = {
  enroll: [
    {
      actions: ['BatchGetItem'],
      items: ['token', 'use', 'reservation', 'name', 'alternativeName', 'blockedKey', 'authority'],
    },
    { actions: ['GetItem'], items: ['certificate'] },
    { actions: ['ConditionCheckItem'], items: ['blockedKey'] },
    { actions: ['PutItem'], items: ['reservation', 'certificate', 'name', 'alternativeName'] },
    { actions: ['UpdateItem'], items: ['use', 'certificate'] },
  ],
  'renew-certificate': [
    { actions: ['Query'], index: 'certificatesByThumbprint' },
    {
      actions: ['BatchGetItem'],
      items: ['certificate', 'name', 'alternativeName', 'blockedKey', 'authority'],
    },
    { actions: ['GetItem'], items: ['certificate'] },
    { actions: ['ConditionCheckItem'], items: ['blockedKey'] },
    {
      actions: ['PutItem'],
      items: ['certificate', 'reservation', 'name', 'alternativeName', 'history', 'revoked'],
    },
    { actions: ['UpdateItem'], items: ['certificate'] },
    { actions: ['DeleteItem'], items: ['ocsp'] },
  ],
  'confirm-renewal': [
    { actions: ['GetItem'], items: ['certificate'] },
    { actions: ['UpdateItem'], items: ['certificate'] },
    { actions: ['PutItem'], items: ['history'] },
    NOT_MOVED,
  ],
  'create-token': [
    { actions: ['PutItem'], items: ['token', 'use'] },
    { actions: ['Query'], items: ['authority'] },
  ],
  'list-tokens': [
    { actions: ['Query'], index: 'tokensByCreation' },
    { actions: ['BatchGetItem'], items: ['token', 'use'] },
    WALK_BEGINS,
  ],
  'get-token': [{ actions: ['BatchGetItem'], items: ['token', 'use'] }],
  'revoke-token': [
    { actions: ['GetItem'], items: ['token'] },
    { actions: ['UpdateItem'], items: ['token', 'use'] },
    NOT_MOVED,
  ],
  'report-compromise': [
    { actions: ['GetItem'], items: ['certificate', 'name', 'block'] },
    { actions: ['BatchGetItem'], items: ['alternativeName'] },
    { actions: ['UpdateItem'], items: ['certificate', 'blockedKey', 'block'] },
    { actions: ['PutItem'], items: ['revoked', 'history', 'name', 'alternativeName'] },
    { actions: ['DeleteItem'], items: ['ocsp'] },
    NOT_MOVED,
  ],
  'list-certificates': [
    { actions: ['Query'], index: 'certificatesByExpiry' },
    { actions: ['Query'], index: 'certificatesByName' },
    WALK_BEGINS,
  ],
  'get-certificate': [
    { actions: ['BatchGetItem'], items: ['certificate', 'deployment'] },
    { actions: ['GetItem'], items: ['archived'] },
  ],
  'get-certificate-kit': [
    { actions: ['BatchGetItem'], items: ['certificate', 'deployment'] },
    { actions: ['Query'], items: ['authority'] },
  ],
  'get-certificate-history': [
    { actions: ['GetItem'], items: ['certificate', 'archived'] },
    { actions: ['Query'], items: ['history'] },
  ],
  'revoke-certificates': [
    { actions: ['GetItem'], items: ['certificate', 'name', 'token', 'block'] },
    { actions: ['BatchGetItem'], items: ['certificate', 'alternativeName'] },
    { actions: ['Query'], items: ['reservation'] },
    { actions: ['Query'], index: 'certificatesByName' },
    { actions: ['PutItem'], items: ['name', 'alternativeName', 'revoked', 'history'] },
    { actions: ['UpdateItem'], items: ['certificate', 'token', 'use', 'block', 'blockedKey'] },
    { actions: ['DeleteItem'], items: ['ocsp'] },
    NOT_MOVED,
  ],
  'list-blocks': [{ actions: ['Query'], items: ['block'] }],
  'block-name': [
    { actions: ['GetItem'], items: ['name', 'block'] },
    { actions: ['PutItem'], items: ['name'] },
    { actions: ['UpdateItem'], items: ['block'] },
    NOT_MOVED,
  ],
  'unblock-name': [
    { actions: ['GetItem'], items: ['name'] },
    { actions: ['PutItem'], items: ['name'] },
    { actions: ['DeleteItem'], items: ['block'] },
    NOT_MOVED,
  ],
  'block-key': [
    { actions: ['GetItem'], items: ['block'] },
    { actions: ['UpdateItem'], items: ['block', 'blockedKey'] },
    NOT_MOVED,
  ],
  'create-replacement': [
    { actions: ['Query'], index: 'certificatesByExpiry' },
    { actions: ['Query', 'PutItem'], items: ['replacement'] },
    NOT_MOVED,
  ],
  'list-replacements': [{ actions: ['Query'], items: ['replacement'] }],
  'delete-replacement': [{ actions: ['Query', 'DeleteItem'], items: ['replacement'] }, NOT_MOVED],
  'get-renewal': [
    { actions: ['GetItem'], items: ['certificate'] },
    { actions: ['Query'], items: ['authority', 'replacement'] },
  ],
  'render-kit': [
    { actions: ['BatchGetItem'], items: ['certificate', 'deployment'] },
    { actions: ['ConditionCheckItem'], items: ['certificate'] },
    { actions: ['PutItem'], items: ['deployment'] },
    { actions: ['Query'], items: ['authority'] },
  ],
  'list-issuers': [{ actions: ['Query'], items: ['authority', 'slot'] }],
  'change-issuer': [{ actions: ['Query', 'UpdateItem', 'ConditionCheckItem'], items: ['authority'] }],
  'certify-issuer': [
    { actions: ['Query', 'PutItem', 'UpdateItem'], items: ['ceremony'] },
    { actions: ['Query'], items: ['authority', 'slot'] },
    { actions: ['PutItem', 'UpdateItem'], items: ['authority'] },
  ],
  'install-issuer': [
    { actions: ['Query'], items: ['authority', 'slot'] },
    { actions: ['UpdateItem'], items: ['authority'] },
  ],
  'get-trust': [{ actions: ['Query'], items: ['authority'] }],
  'get-host-script': [],
  'list-roots': [{ actions: ['Query'], items: ['authority', 'ceremony'] }],
  'add-root': [
    { actions: ['Query', 'PutItem'], items: ['authority'] },
    { actions: ['PutItem'], items: ['event'] },
  ],
  'certify-root': [
    { actions: ['Query', 'PutItem', 'UpdateItem'], items: ['ceremony'] },
    { actions: ['Query'], items: ['authority', 'slot'] },
    { actions: ['PutItem', 'UpdateItem'], items: ['authority'] },
  ],
  'change-root': [{ actions: ['Query', 'UpdateItem'], items: ['authority'] }],
  'measure-adoption': [
    { actions: ['Query'], index: 'certificatesByExpiry' },
    { actions: ['BatchGetItem'], items: ['certificate'] },
    { actions: ['Query', 'UpdateItem'], items: ['authority'] },
  ],
  'remove-root': [
    { actions: ['Query', 'PutItem'], items: ['authority'] },
    { actions: ['PutItem'], items: ['event'] },
  ],
  'get-openapi': [],
  'answer-not-found': [],
  'sweep-reservations': [
    { actions: ['Query'], index: 'openByAge' },
    { actions: ['GetItem'], items: ['certificate', 'name', 'authority'] },
    { actions: ['UpdateItem'], items: ['certificate', 'use'] },
    { actions: ['DeleteItem'], items: ['reservation'] },
    { actions: ['BatchGetItem'], items: ['alternativeName'] },
    { actions: ['PutItem'], items: ['name', 'alternativeName', 'revoked', 'history'] },
  ],
  'report-expiry': [
    { actions: ['Query'], index: 'certificatesByExpiry' },
    { actions: ['BatchGetItem'], items: ['name', 'expiry'] },
    { actions: ['PutItem'], items: ['expiry'] },
    WALK_BEGINS,
  ],
  // The only function that deletes a certificate record; it is there only while the settings have an archive.
  'archive-certificates': [
    { actions: ['Query'], index: 'certificatesByExpiry' },
    { actions: ['GetItem'], items: ['authority'] },
    { actions: ['BatchGetItem'], items: ['certificate', 'deployment'] },
    { actions: ['Query'], items: ['authority', 'history'] },
    { actions: ['PutItem'], items: ['archived'] },
    { actions: ['DeleteItem'], items: ['certificate', 'deployment', 'history'] },
  ],
  'publish-events': [
    { actions: ['BatchGetItem'], items: ['certificate'] },
    { actions: ['Query'], items: ['authority', 'event'] },
    { actions: ['PutItem'], items: ['event'] },
  ],
  'publish-rejections': [],
  'unenroll-agent': [
    { actions: ['GetItem'], items: ['certificate'] },
    { actions: ['Query', 'PutItem'], items: ['history'] },
    NOT_MOVED,
  ],
  // Writes whatever a certificate, a token, a name or an issuer has; it is there only while the settings name a restored table.
  'merge-ledger': [
    { actions: ['Query'], items: ['authority', 'revoked', 'ceremony'] },
    { actions: ['Query'], index: 'tokensByCreation' },
    { actions: ['GetItem'], items: ['authority', 'certificate', 'name', 'token', 'block'] },
    {
      actions: ['BatchGetItem'],
      items: ['certificate', 'reservation', 'name', 'alternativeName', 'token', 'use'],
    },
    {
      actions: ['PutItem'],
      items: [
        'authority',
        'certificate',
        'reservation',
        'name',
        'alternativeName',
        'revoked',
        'history',
        'ceremony',
      ],
    },
    { actions: ['UpdateItem'], items: ['certificate', 'token', 'use', 'block', 'blockedKey'] },
    { actions: ['DeleteItem'], items: ['ocsp', 'reservation'] },
  ],
  'publish-crls': [{ actions: ['Query'], items: ['authority', 'revoked'] }],
  'answer-ocsp': [
    { actions: ['BatchGetItem'], items: ['ocsp', 'certificate'] },
    { actions: ['UpdateItem'], items: ['ocsp'] },
    { actions: ['Query'], items: ['authority', 'responder'] },
  ],
  'reconcile-signatures': [
    { actions: ['Query'], items: ['slot'] },
    { actions: ['GetItem', 'UpdateItem'], items: ['reconciliation'] },
    { actions: ['GetItem'], items: ['authority'] },
    { actions: ['BatchGetItem'], items: ['certificate'] },
    NOT_MOVED,
  ],
  'maintain-authority': [
    { actions: ['Query', 'PutItem', 'UpdateItem'], items: ['ceremony'] },
    { actions: ['Query'], items: ['authority', 'responder'] },
    { actions: ['PutItem', 'UpdateItem', 'ConditionCheckItem'], items: ['authority'] },
    { actions: ['PutItem'], items: ['event'] },
    { actions: ['PutItem', 'UpdateItem'], items: ['responder'] },
    // What is said of an issuer that the root revokes.
    { actions: ['DeleteItem'], items: ['ocsp'] },
    // The only function that writes slots: they are what the template declares.
    { actions: ['Query', 'PutItem', 'DeleteItem'], items: ['slot'] },
  ],
  'check-deployment': [{ actions: ['Query'], items: ['authority', 'slot'] }],
  'create-authority': [
    { actions: ['Query', 'GetItem', 'PutItem', 'UpdateItem'], items: ['authority'] },
    { actions: ['PutItem', 'UpdateItem'], items: ['ceremony'] },
  ],
};

/** What the merge may do to the table that was restored: read, and close it. */
export const FORMER_TABLE_PERMISSIONS: readonly TableGrant[] = [
  { actions: ['Query'], items: ['authority', 'history', 'block', 'ceremony'] },
  { actions: ['Query'], index: 'certificatesByExpiry' },
  { actions: ['Query'], index: 'openByAge' },
  { actions: ['Query'], index: 'tokensByCreation' },
  { actions: ['GetItem'], items: ['authority', 'certificate'] },
  {
    actions: ['BatchGetItem'],
    items: ['certificate', 'reservation', 'name', 'alternativeName', 'token', 'use'],
  },
  { actions: ['UpdateItem'], items: ['authority'] },
];

/** Actions on the objects of a bucket whose keys match. */
export interface ObjectGrant {
  readonly actions: readonly ('GetObject' | 'PutObject')[];
  readonly keys: readonly string[];
  /** Whether a write must demand that there is no such object. @default false */
  readonly onlyNew?: boolean;
}

/** The ONE table of what functions may do to the objects of revocation data; each reads what it replaces. None may delete one. */
export const OBJECT_PERMISSIONS: Readonly<Partial<Record<FunctionName, readonly ObjectGrant[]>>> = {
  'publish-crls': [
    { actions: ['GetObject'], keys: ['crl/*'] },
    { actions: ['PutObject'], keys: ['crl/issuer-*', 'crl/bundle.pem'] },
  ],
  'merge-ledger': [{ actions: ['GetObject'], keys: ['crl/*'] }],
  'maintain-authority': [{ actions: ['GetObject', 'PutObject'], keys: ['crl/root-*', 'ca/*'] }],
};

/** The same of the archive: what is there is never replaced. */
export const ARCHIVE_PERMISSIONS: Readonly<Partial<Record<FunctionName, readonly ObjectGrant[]>>> = {
  'archive-certificates': [{ actions: ['PutObject'], keys: ['certificates/*'], onlyNew: true }],
  'get-certificate': [{ actions: ['GetObject'], keys: ['certificates/*'] }],
  'get-certificate-history': [{ actions: ['GetObject'], keys: ['certificates/*'] }],
};

/** The functions that publish events. */
export const PUBLISHERS: readonly FunctionName[] = [
  'report-expiry',
  'publish-events',
  'publish-rejections',
  'reconcile-signatures',
];

/** The values of `dynamodb:LeadingKeys` that match items of `kind`: a prefix, or the one whole key. */
export function leadingKey(kind: keyof typeof PARTITIONS): string {
  const prefix = PARTITIONS[kind];
  return prefix.endsWith('#') ? `${prefix}*` : prefix;
}
