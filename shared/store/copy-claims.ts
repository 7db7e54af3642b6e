import type { Put, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { alternativeNames } from '../domain/exclusive-name.ts';
import { type Holder, removeHolder } from '../domain/holders.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { fromItem, names, toItem, values } from './expression.ts';
import { alternativeNameKey, type Key, nameKey } from './keys.ts';
import type { MergedTables } from './read-for-merge.ts';
import { readItems } from './read-items.ts';

/** Who holds a name, in either table. */
interface Claims {
  readonly version: number;
  readonly holders: readonly Holder[];
  readonly blocked?: readonly string[];
}

/**
 * Who holds its names, where that changed since. A block of the restored table stays; versions only grow, so that a merge
 * that runs again finds nothing to do.
 *
 * @param isGivenUp whether the certificate was given up: it holds none of its names.
 */
export async function copyClaims(
  { from, to }: MergedTables,
  record: CertificateRecord,
  isGivenUp: boolean,
): Promise<readonly TransactWriteItem[]> {
  const exclusive = record.exclusiveDns ? alternativeNames(record).map(alternativeNameKey) : [];
  const keys = [nameKey(record.name), ...exclusive];
  const [before, there] = await Promise.all([readItems(from, keys), readItems(to, keys)]);
  return keys.flatMap((key) => {
    const [former, restored] = [before(key), there(key)];
    if (former === undefined) return [];
    const put = putClaims(
      to.tableName,
      key,
      fromItem<Claims>(former),
      restored && fromItem<Claims>(restored),
      isGivenUp ? record.serialNumber : undefined,
    );
    return put === undefined ? [] : [{ Put: put }];
  });
}

function putClaims(
  TableName: string,
  key: Key,
  former: Claims,
  restored: Claims | undefined,
  released: SerialNumber | undefined,
): Put | undefined {
  const isTaken = restored !== undefined && restored.version > former.version;
  const latest = isTaken ? restored : former;
  const holders = released === undefined ? latest.holders : removeHolder(latest.holders, released);
  if (isTaken && holders.length === latest.holders.length) return undefined;
  const blocked = [...new Set([...(former.blocked ?? []), ...(restored?.blocked ?? [])])];
  const next = {
    version: latest.version + 1,
    holders,
    ...(former.blocked === undefined ? {} : { blocked }),
  };
  const Item = { ...key, ...toItem(next) };
  if (restored === undefined)
    return {
      TableName,
      Item,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    };
  return {
    TableName,
    Item,
    ConditionExpression: '#version = :before',
    ExpressionAttributeNames: names('version'),
    ExpressionAttributeValues: values({ before: restored.version }),
  };
}
