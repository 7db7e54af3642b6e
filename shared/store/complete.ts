import { createHash } from 'node:crypto';
import { INDEXES } from '../config/table.ts';
import type { CertificateRecord, SigningAttempt } from '../domain/certificate-record.ts';
import { type Instant, plus } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { IssuanceStore } from '../issuance/ports.ts';
import { attemptSet, certificateRecord } from './certificate-item.ts';
import type { StoreContext } from './context.ts';
import { names, over, values } from './expression.ts';
import { certificateKey, certificatePlace } from './keys.ts';
import { type Updated, updateItem } from './update-item.ts';

/** Makes `owner` the one that may sign, if nobody else may. */
export async function takeLease(
  context: StoreContext,
  serialNumber: SerialNumber,
  { owner, until }: Parameters<IssuanceStore['takeLease']>[1],
  now: Instant,
): Promise<CertificateRecord | undefined> {
  return recordOf(
    await updateItem(context, {
      Key: certificateKey(serialNumber),
      UpdateExpression: 'SET #leaseOwner = :owner, #leaseUntil = :until',
      ConditionExpression: `#state = :reserved AND ${over('leaseUntil')}`,
      ExpressionAttributeNames: names('leaseOwner', 'leaseUntil', 'state'),
      ExpressionAttributeValues: values({ owner, until, now, reserved: 'RESERVED' }),
    }),
  );
}

/**
 * RESERVED becomes ISSUED, leaves the index of open reservations and enters the listing indexes. The attempts are noted
 * even where it lost.
 */
export async function commit(
  context: StoreContext,
  reserved: Parameters<IssuanceStore['commit']>[0],
  { certificate, issuedAt, attempts, deployment }: Parameters<IssuanceStore['commit']>[1],
): Promise<CertificateRecord | undefined> {
  const { serialNumber } = reserved;
  const note = noting(attempts);
  const content = withoutUndefined({
    ...certificatePlace(reserved),
    certificate,
    [INDEXES.certificatesByThumbprint.partition]: createHash('sha256').update(certificate).digest('hex'),
    issuedAt,
    hostDeployment: deployment,
  });
  const set = Object.keys(content).map((attribute) => `#${attribute} = :${attribute}`);
  const updated = await updateItem(context, {
    Key: certificateKey(serialNumber),
    UpdateExpression: `SET #state = :issued, ${set.join(', ')} REMOVE #openShard ${note.expression}`,
    ConditionExpression: '#state = :reserved',
    ExpressionAttributeNames: names('state', 'openShard', ...Object.keys(content), ...note.attributes),
    ExpressionAttributeValues: values({
      ...content,
      issued: 'ISSUED',
      reserved: 'RESERVED',
      ...note.values,
    }),
  });
  const lost = !updated.applied && updated.item !== undefined;
  return recordOf(
    lost && attempts.length > 0 ? await noteAttempts(context, serialNumber, attempts) : updated,
  );
}

/** Ends the lease of `owner`, if it is still its own, and notes the attempts in any case. */
export async function releaseLease(
  context: StoreContext,
  serialNumber: SerialNumber,
  owner: string,
  attempts: readonly SigningAttempt[],
  now: Instant,
): Promise<void> {
  const note = noting(attempts);
  const { applied, item } = await updateItem(context, {
    Key: certificateKey(serialNumber),
    UpdateExpression: `SET #leaseUntil = :ended ${note.expression}`,
    ConditionExpression: '#state = :reserved AND #leaseOwner = :owner',
    ExpressionAttributeNames: names('leaseUntil', 'state', 'leaseOwner', ...note.attributes),
    ExpressionAttributeValues: values({ owner, ended: plus(now, -1), reserved: 'RESERVED', ...note.values }),
  });
  if (!applied && item !== undefined && attempts.length > 0)
    await noteAttempts(context, serialNumber, attempts);
}

function noteAttempts(
  context: StoreContext,
  serialNumber: SerialNumber,
  attempts: readonly SigningAttempt[],
): Promise<Updated> {
  const note = noting(attempts);
  return updateItem(context, {
    Key: certificateKey(serialNumber),
    UpdateExpression: note.expression,
    ConditionExpression: 'attribute_exists(#state)',
    ExpressionAttributeNames: names('state', ...note.attributes),
    ExpressionAttributeValues: values(note.values),
  });
}

/** The part of an update that adds attempts; DynamoDB takes no empty set. */
function noting(attempts: readonly SigningAttempt[]) {
  return attempts.length === 0
    ? { expression: '', attributes: [], values: {} }
    : {
        expression: 'ADD #attempts :attempts',
        attributes: ['attempts'],
        values: { attempts: attemptSet(attempts) },
      };
}

function recordOf({ item }: Updated): CertificateRecord | undefined {
  return item && certificateRecord(item);
}
