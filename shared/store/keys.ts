import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { INDEXES, PARTITIONS, TABLE_KEY } from '../config/table.ts';
import { DAY } from '../domain/duration.ts';
import { type Instant, plus, toRfc3339 } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { type Month, monthOf } from './month.ts';

/*
 * The layout of the table, private to this folder.
 *
 *   pk             sk                what
 *   TOKEN#<id>     META              a bootstrap token
 *   TOKEN#<id>     USE#<nn>          a use counter: used, capacity, expiresAt, closedAt
 *   TOKEN#<id>     KEY#<spki sha256> a reservation: which certificate this token and key have
 *   CERT#<serial>  META              a certificate record
 *   NAME#<name>    META              who holds a name
 *   KEY#<sha256>   META              a compromised public key
 *   AUTHORITY      ROOT#<id>         a root
 *   AUTHORITY      ISSUER#<id>       an issuer
 */

export type Key = Readonly<Record<(typeof TABLE_KEY)[keyof typeof TABLE_KEY], AttributeValue>>;

const META = 'META';

function key(pk: string, sk: string = META): Key {
  return { [TABLE_KEY.partition]: { S: pk }, [TABLE_KEY.sort]: { S: sk } };
}

export const tokenPartition = (id: string): string => `${PARTITIONS.token}${id}`;
export const tokenKey = (id: string): Key => key(tokenPartition(id));
export const useSlotKey = (id: string, slot: number): Key => key(tokenPartition(id), useSlotSort(slot));
export const reservationKey = (id: string, publicKeySha256: string): Key =>
  key(tokenPartition(id), `KEY#${publicKeySha256}`);
export const certificateKey = (serialNumber: SerialNumber): Key =>
  key(`${PARTITIONS.certificate}${serialNumber}`);

/** The serial number in a record's key, for items of an index that carry little else. */
export function serialNumberOf(item: Readonly<Record<string, AttributeValue>>): SerialNumber {
  return (item[TABLE_KEY.partition]?.S ?? '').slice(PARTITIONS.certificate.length) as SerialNumber;
}

export const nameKey = (name: string): Key => key(`${PARTITIONS.name}${name}`);
export const blockedKeyKey = (publicKeySha256: string): Key => key(`${PARTITIONS.key}${publicKeySha256}`);
export const rootKey = (id: string): Key => key(PARTITIONS.authority, `ROOT#${id}`);
export const issuerKey = (id: string): Key => key(PARTITIONS.authority, `ISSUER#${id}`);

/** Two digits, so that counters sort; there are at most 16. */
function useSlotSort(slot: number): string {
  return `USE#${String(slot).padStart(2, '0')}`;
}

/** Sort keys of a token's META and USE items, and of nothing else in its partition. */
export const TOKEN_WITH_COUNTERS = { from: META, to: 'USE#~' } as const;

/** Months' buckets of certificates are spread over this many shards: 8 x 1,000 index writes a second. */
export const BUCKET_SHARDS = 8;
/**
 * Partitions of the index of open reservations. Each takes 1,000 writes a second (DynamoDB developer guide, "Partitions
 * and data distribution") and a certificate costs two, so 4 carry twice the signatures that KMS makes of one key family.
 */
export const OPEN_SHARDS = 4;

export function certificateBucket(month: Month, shard: number): string {
  return `${PARTITIONS.certificate}${month}#${shard}`;
}

export function tokenBucket(month: Month): string {
  return `${PARTITIONS.token}${month}`;
}

/** Attributes that put a certificate into the listing indexes. The last digits of a serial number are random. */
export function certificatePlace(serialNumber: SerialNumber, notAfter: Instant) {
  return {
    [INDEXES.byBucket.partition]: certificateBucket(monthOf(notAfter), shardOf(serialNumber, BUCKET_SHARDS)),
    [INDEXES.byBucket.sort]: `${toRfc3339(notAfter)}#${serialNumber}`,
  };
}

/** Attributes that put a token into the listing index. */
export function tokenPlace(id: string, createdAt: Instant) {
  return {
    [INDEXES.byBucket.partition]: tokenBucket(monthOf(createdAt)),
    [INDEXES.byBucket.sort]: `${toRfc3339(createdAt)}#${id}`,
  };
}

export function openShard(shard: number): string {
  return `OPEN#${String(shard).padStart(2, '0')}`;
}

export function openShardOf(serialNumber: SerialNumber): string {
  return openShard(shardOf(serialNumber, OPEN_SHARDS));
}

function shardOf(serialNumber: SerialNumber, shards: number): number {
  return Number.parseInt(serialNumber.slice(-2), 16) % shards;
}

/**
 * When items of a token may be cleaned up: 30 days after its last reservation can be followed, so that nothing that
 * still matters is ever missing.
 */
export function tokenTtl(followUntil: Instant): Instant {
  return plus(followUntil, 30 * DAY);
}
