import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { Revocation } from '../domain/revocation.ts';
import type { Released, RevocationLedger } from '../revocation/ports.ts';
import { blockKeyItems } from './block-key.ts';
import { certificateRecord } from './certificate-item.ts';
import { dynamoCertificateRecords } from './certificate-records.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { putExclusiveName, readExclusiveNames } from './exclusive-name-item.ts';
import { putEvent, readHistory } from './history.ts';
import { certificateKey, nameKey, ocspKey } from './keys.ts';
import { markRevoked, type Provided } from './mark-revoked.ts';
import { nameRecord, putName } from './name-item.ts';
import { readItem } from './read-items.ts';
import { putRevokedEntry } from './revoked-entry.ts';
import { transact } from './transact.ts';

/** The ledger of certificates in DynamoDB, to revoke them in. */
export function dynamoRevocationLedger(options: StoreOptions): RevocationLedger {
  const context = storeContext(options);
  return {
    certificate: async (serialNumber) => {
      const item = await readItem(context, certificateKey(serialNumber));
      return item && certificateRecord(item);
    },
    certificates: dynamoCertificateRecords(options).certificates,
    name: async (name) => nameRecord(name, await readItem(context, nameKey(name))),
    exclusiveNames: (wanted) => readExclusiveNames(context, wanted),
    revoke: (record, revocation, released) => revoke(context, record, revocation, released),
    history: (serialNumber) => readHistory(context, serialNumber),
  };
}

/** One transaction of 57 items at most, of the 100 that DynamoDB takes. */
async function revoke(
  context: StoreContext,
  record: CertificateRecord,
  revocation: Revocation,
  { name, exclusive }: Released,
): Promise<'revoked' | 'changed'> {
  const { serialNumber, publicKeySha256 } = record;
  const { revokedAt: at, revokedBy: by, ...why } = revocation;
  const refusal = await transact(context, [
    { Update: markRevoked(context, record, revocation, withSuccessor(record)) },
    { Put: putRevokedEntry(context, record, revocation) },
    { Put: putEvent(context, serialNumber, { event: 'revoked', at, by, ...why }) },
    { Delete: { TableName: context.tableName, Key: ocspKey(serialNumber) } },
    ...(name === undefined ? [] : [{ Put: putName(context, name) }]),
    ...exclusive.map((one) => ({ Put: putExclusiveName(context, one) })),
    ...(why.reason === 'keyCompromise'
      ? blockKeyItems(context, { publicKeySha256, at, by, ...why, reason: why.reason })
      : []),
  ]);
  return refusal === undefined ? 'revoked' : 'changed';
}

/** It was not renewed since it was read: its caller may have to revoke what renewed it. */
function withSuccessor({ successor }: CertificateRecord): Provided {
  return successor === undefined
    ? { condition: 'attribute_not_exists(#successor)', attributes: ['successor'], values: {} }
    : {
        condition: '#successor = :successor',
        attributes: ['successor'],
        values: { successor: successor.serialNumber },
      };
}
