import type { Update } from '@aws-sdk/client-dynamodb';
import { type CertificateRecord, revokedState } from '../domain/certificate-record.ts';
import type { Revocation } from '../domain/revocation.ts';
import { storedRevocation } from './certificate-item.ts';
import type { StoreContext } from './context.ts';
import { names, values } from './expression.ts';
import { certificateKey, certificatePlace } from './keys.ts';

/** What else must hold of the record. */
export interface Provided {
  readonly condition: string;
  readonly attributes: readonly string[];
  readonly values: Readonly<Record<string, number | string>>;
}

/**
 * A record that is still in the given state becomes revoked, or void; one that was RESERVED leaves the index of open
 * reservations and enters the listing indexes.
 */
export function markRevoked(
  { tableName }: StoreContext,
  record: Pick<CertificateRecord, 'serialNumber' | 'state' | 'validity'>,
  revocation: Revocation,
  provided?: Provided,
): Update {
  const { serialNumber, state } = record;
  const place = state === 'RESERVED' ? certificatePlace(record) : {};
  const stored = { ...storedRevocation(revocation), ...place };
  const set = Object.keys(stored).map((attribute) => `#${attribute} = :${attribute}`);
  const conditions = ['#state = :from', ...(provided ? [provided.condition] : [])];
  const attributes = ['state', 'openShard', ...Object.keys(stored), ...(provided?.attributes ?? [])];
  return {
    TableName: tableName,
    Key: certificateKey(serialNumber),
    UpdateExpression: `SET #state = :to, ${set.join(', ')} REMOVE #openShard`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names(...attributes),
    ExpressionAttributeValues: values({
      ...stored,
      ...provided?.values,
      from: state,
      to: revokedState(state),
    }),
  };
}
