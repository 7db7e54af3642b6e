import { TTL_ATTRIBUTE } from '../config/table.ts';
import type { CertificateState } from '../domain/certificate-record.ts';
import { DAY } from '../domain/duration.ts';
import { type Instant, plus } from '../domain/instant.ts';
import type { CertIdHash, OcspStatus, StoredResponse } from '../domain/ocsp.ts';
import type { RevocationReason } from '../domain/revocation.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { OcspStore, OcspView } from '../revocation/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, names, over, values } from './expression.ts';
import { certificateKey, ocspKey } from './keys.ts';
import { readItems } from './read-items.ts';
import { updateItem } from './update-item.ts';

/** Stored OCSP responses in DynamoDB: one item for each certificate, with a response for each hash and one lease. */
export function dynamoOcspStore(options: StoreOptions): OcspStore {
  const context = storeContext(options);
  return {
    readForOcsp: (serialNumber, hash) => readForOcsp(context, serialNumber, hash),
    takeOcspLease: (serialNumber, lease, now) => takeLease(context, serialNumber, lease, now),
    storeResponse: (serialNumber, signed, now) => storeResponse(context, serialNumber, signed, now),
  };
}

/** Items are cleaned up when nothing was signed for so long: longer than any response lives. */
const KEPT_SECONDS = 30 * DAY;

/** The attributes of the response for a hash. */
function attributesOf(hash: CertIdHash) {
  return {
    status: `${hash}Status`,
    thisUpdate: `${hash}ThisUpdate`,
    nextUpdate: `${hash}NextUpdate`,
    response: `${hash}Response`,
  } as const;
}

/** What is read of a record. */
const OF_RECORD = ['issuerId', 'state', 'notAfter', 'revokedAt', 'revocationReason'] as const;

async function readForOcsp(
  context: StoreContext,
  serialNumber: SerialNumber,
  hash: CertIdHash,
): Promise<OcspView> {
  const [record, stored] = [certificateKey(serialNumber), ocspKey(serialNumber)];
  const attributes = [...OF_RECORD, 'leaseUntil', ...Object.values(attributesOf(hash))];
  const find = await readItems(context, [record, stored], attributes);
  const item = find(stored);
  const plain = item && fromItem<StoredItem>(item);
  return {
    record: recordOf(find(record)),
    stored: plain && responseOf(plain, hash),
    leasedUntil: plain?.leaseUntil,
  };
}

interface StoredRecord {
  readonly issuerId: string;
  readonly state: CertificateState;
  readonly notAfter: Instant;
  readonly revokedAt?: Instant;
  /** Earlier builds noted none. */
  readonly revocationReason?: RevocationReason;
}

function recordOf(item: Item | undefined): OcspView['record'] {
  if (item === undefined) return undefined;
  const { revokedAt, revocationReason: reason = 'unspecified', ...rest } = fromItem<StoredRecord>(item);
  const { issuerId, state, notAfter } = rest;
  return {
    issuerId,
    state,
    notAfter,
    ...(revokedAt === undefined ? {} : { revocation: { revokedAt, reason } }),
  };
}

/** The lease, and the attributes of a response for each hash. */
interface StoredItem {
  readonly leaseUntil?: Instant;
  readonly [attribute: string]: unknown;
}

function responseOf(stored: StoredItem, hash: CertIdHash): StoredResponse | undefined {
  const attributes = attributesOf(hash);
  const { [attributes.status]: status, [attributes.response]: der } = stored;
  const { [attributes.thisUpdate]: thisUpdate, [attributes.nextUpdate]: nextUpdate } = stored;
  if (typeof status !== 'string' || !(der instanceof Uint8Array)) return undefined;
  return {
    status: readStatus(status),
    thisUpdate: thisUpdate as Instant,
    nextUpdate: nextUpdate as Instant,
    der,
  };
}

/** `good`, or `revoked <seconds> <reason>`. */
function writeStatus(status: OcspStatus): string {
  return status.state === 'good' ? 'good' : `revoked ${status.revokedAt} ${status.reason}`;
}

function readStatus(text: string): OcspStatus {
  const [state, revokedAt, reason] = text.split(' ');
  if (state === 'good') return { state };
  return { state: 'revoked', revokedAt: Number(revokedAt) as Instant, reason: reason as RevocationReason };
}

async function takeLease(
  context: StoreContext,
  serialNumber: SerialNumber,
  { owner, until, hash, seen }: Parameters<OcspStore['takeOcspLease']>[1],
  now: Instant,
): Promise<boolean> {
  const { thisUpdate } = attributesOf(hash);
  const unchanged = seen === undefined ? `attribute_not_exists(#${thisUpdate})` : `#${thisUpdate} = :seen`;
  const { applied, item } = await updateItem(context, {
    Key: ocspKey(serialNumber),
    UpdateExpression: 'SET #leaseOwner = :owner, #leaseUntil = :until, #ttl = :ttl',
    ConditionExpression: `(attribute_not_exists(#leaseUntil) OR ${over('leaseUntil')}) AND ${unchanged}`,
    ExpressionAttributeNames: { ...names('leaseOwner', 'leaseUntil', thisUpdate), '#ttl': TTL_ATTRIBUTE },
    ExpressionAttributeValues: values({
      owner,
      until,
      now,
      ttl: plus(now, KEPT_SECONDS),
      ...(seen === undefined ? {} : { seen }),
    }),
  });
  // Where the answer to the first attempt was lost, the SDK's second one finds the lease taken: by itself.
  return applied || item?.['leaseOwner']?.S === owner;
}

async function storeResponse(
  context: StoreContext,
  serialNumber: SerialNumber,
  { owner, hash, response }: Parameters<OcspStore['storeResponse']>[1],
  now: Instant,
): Promise<boolean> {
  const attributes = attributesOf(hash);
  const content = {
    [attributes.status]: writeStatus(response.status),
    [attributes.thisUpdate]: response.thisUpdate,
    [attributes.nextUpdate]: response.nextUpdate,
    [attributes.response]: response.der,
  };
  const set = Object.keys(content).map((attribute) => `#${attribute} = :${attribute}`);
  const { applied, item } = await updateItem(context, {
    Key: ocspKey(serialNumber),
    UpdateExpression: `SET ${set.join(', ')}, #ttl = :ttl REMOVE #leaseOwner, #leaseUntil`,
    ConditionExpression: '#leaseOwner = :owner',
    ExpressionAttributeNames: {
      ...names('leaseOwner', 'leaseUntil', ...Object.keys(content)),
      '#ttl': TTL_ATTRIBUTE,
    },
    ExpressionAttributeValues: values({ ...content, owner, ttl: plus(now, KEPT_SECONDS) }),
  });
  const there = item && responseOf(fromItem<StoredItem>(item), hash);
  return applied || (there !== undefined && Buffer.compare(there.der, response.der) === 0);
}
