import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { INDEXES, PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Ceremony } from '../domain/ceremony.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { CommonName } from '../domain/common-name.ts';
import { DAY } from '../domain/duration.ts';
import type { AlternativeName } from '../domain/exclusive-name.ts';
import { type Instant, plus, toRfc3339 } from '../domain/instant.ts';
import type { ProfileName } from '../domain/profile.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { type Month, monthOf } from './month.ts';

/*
 * The layout of the table, private to this folder.
 *
 *   pk                                  sk            what
 *   TOKEN#<id>                          META          a bootstrap token
 *   USE#<token id>#<nn>                 META          a counter of its uses: used, capacity, expiresAt, closedAt
 *   RESERVATION#<token id>#<h>          <spki sha256> which certificate this token and key have; h is its first digit
 *   RESERVATION#<token id>#<h>          <spki sha256>#<serial>: a certificate that came by renewal from one of the token
 *   CERT#<serial>                       META          a certificate record
 *   ARCHIVED#<serial>                   META          which object of the archive has a certificate
 *   DEPLOYMENT#<serial>                 META          the deployment that an administrator last sent for it
 *   NAME#<name>                         META          who holds a name
 *   SAN#dns:<name>, SAN#ip:<address>    META          who claimed a DNS name or address
 *   BLOCKED-KEY#<spki sha256>           META          a compromised public key
 *   BLOCK                               NAME#<profile>#<name>, KEY#<spki sha256>: a block, to be listed
 *   REVOKED#<issuer id>#<nnn>           <serial>      an entry of a shard's revocation list
 *   HISTORY#<serial>                    <RFC 3339>#<8 hex digits>: what happened to a certificate
 *   OCSP#<serial>                       META          the stored OCSP response of a certificate
 *   RESPONDER#<ca id>                   <nnnnnn>      the certificate of an OCSP responder, by its sequence number
 *   EXPIRY#<serial>                     META          what was reported of its expiry
 *   REPLACEMENT                         <RFC 3339>#<id>  a mass replacement
 *   AUTHORITY                           ROOT#<id>     a root
 *   AUTHORITY                           ISSUER#<id>   an issuer
 *   SLOT                                <id>          a CA key that the template declares
 *   CEREMONY                            <RFC 3339>#<digest>: a use of a root's key
 *   AUTHORITY                           LEDGER        which table this ledger is in
 *   AUTHORITY                           ADDITIONAL-ROOTS: the roots of other CAs in the trust bundle
 *   EVENT                               ADDITIONAL-ROOTS#<nnnnnnnn>: what the version nnnnnnnn of these changed
 *   EVENT                               PUBLISHED     which events about issuers and roots were published
 *   RECONCILIATION                      META          how far signatures were reconciled
 */

export type Key = Readonly<Record<(typeof TABLE_KEY)[keyof typeof TABLE_KEY], AttributeValue>>;

const META = 'META';

function key(pk: string, sk: string = META): Key {
  return { [TABLE_KEY.partition]: { S: pk }, [TABLE_KEY.sort]: { S: sk } };
}

/** @param region of two, each of which reconciles its own signatures. @default - there is one */
export const reconciliationKey = (region?: string): Key => key(PARTITIONS.reconciliation, region);
export const tokenKey = (id: string): Key => key(`${PARTITIONS.token}${id}`);
/** Two digits: there are at most 16. */
export const useSlotKey = (tokenId: string, slot: number): Key =>
  key(`${PARTITIONS.use}${tokenId}#${String(slot).padStart(2, '0')}`);
/** The reservations of a token are in 16 partitions, so that a consistent query finds them all. */
export const RESERVATION_PARTITIONS = [...'0123456789abcdef'] as const;
export const reservationPartition = (tokenId: string, firstDigit: string): string =>
  `${PARTITIONS.reservation}${tokenId}#${firstDigit}`;
export const reservationKey = (tokenId: string, publicKeySha256: string): Key =>
  key(reservationPartition(tokenId, publicKeySha256.slice(0, 1)), publicKeySha256);
/** A renewal has an entry of its own, so that what came of a token is found, however often it was renewed. */
export const renewalReservationKey = (
  tokenId: string,
  publicKeySha256: string,
  serialNumber: SerialNumber,
): Key =>
  key(reservationPartition(tokenId, publicKeySha256.slice(0, 1)), `${publicKeySha256}#${serialNumber}`);
export const certificateKey = (serialNumber: SerialNumber): Key =>
  key(`${PARTITIONS.certificate}${serialNumber}`);
export const archivedKey = (serialNumber: SerialNumber): Key => key(`${PARTITIONS.archived}${serialNumber}`);
export const deploymentKey = (serialNumber: SerialNumber): Key =>
  key(`${PARTITIONS.deployment}${serialNumber}`);

/** Three digits: there are at most 128 shards. */
export const revokedPartition = (issuerId: string, shard: number): string =>
  `${PARTITIONS.revoked}${issuerId}#${String(shard).padStart(3, '0')}`;
export const revokedKey = (issuerId: string, shard: number, serialNumber: SerialNumber): Key =>
  key(revokedPartition(issuerId, shard), serialNumber);
export const historyPartition = (serialNumber: SerialNumber): string =>
  `${PARTITIONS.history}${serialNumber}`;
export const historyKey = (serialNumber: SerialNumber, place: string): Key =>
  key(historyPartition(serialNumber), place);
export const ocspKey = (serialNumber: SerialNumber): Key => key(`${PARTITIONS.ocsp}${serialNumber}`);
export const responderPartition = (caId: string): string => `${PARTITIONS.responder}${caId}`;
/** Six digits: at one a day, they last 2,700 years. */
export const responderKey = (caId: string, sequence: number): Key =>
  key(responderPartition(caId), String(sequence).padStart(6, '0'));

/** The serial number in a record's key, for items of an index that carry little else. */
export function serialNumberOf(item: Readonly<Record<string, AttributeValue>>): SerialNumber {
  return (item[TABLE_KEY.partition]?.S ?? '').slice(PARTITIONS.certificate.length) as SerialNumber;
}

export const replacementKey = (createdAt: Instant, id: string): Key =>
  key(PARTITIONS.replacement, `${toRfc3339(createdAt)}#${id}`);
export const expiryKey = (serialNumber: SerialNumber): Key => key(`${PARTITIONS.expiry}${serialNumber}`);
export const nameKey = (name: CommonName): Key => key(`${PARTITIONS.name}${name}`);
export const alternativeNameKey = (name: AlternativeName): Key => key(`${PARTITIONS.alternativeName}${name}`);
export const blockedKeyKey = (publicKeySha256: string): Key =>
  key(`${PARTITIONS.blockedKey}${publicKeySha256}`);
export const nameBlockKey = (profile: ProfileName, name: CommonName): Key =>
  key(PARTITIONS.block, `NAME#${profile}#${name}`);
export const keyBlockKey = (publicKeySha256: string): Key => key(PARTITIONS.block, `KEY#${publicKeySha256}`);
export const rootKey = (id: string): Key => key(PARTITIONS.authority, `ROOT#${id}`);
export const issuerKey = (id: string): Key => key(PARTITIONS.authority, `ISSUER#${id}`);
/** The public keys of two roots may be read in the same second. */
export const ceremonyKey = ({ at, digest, keyArn }: Pick<Ceremony, 'at' | 'digest' | 'keyArn'>): Key =>
  key(PARTITIONS.ceremony, `${toRfc3339(at)}#${digest === '' ? keyArn : digest}`);
export const slotKey = (id: string): Key => key(PARTITIONS.slot, id);
/** Beside the CAs, since whatever signs reads those. */
export const ledgerKey: Key = key(PARTITIONS.authority, 'LEDGER');
export const additionalRootsKey: Key = key(PARTITIONS.authority, 'ADDITIONAL-ROOTS');
/** Eight digits, so that the order of the keys is that of the versions. */
export const additionalRootChangesKey = (version: number): Key =>
  key(PARTITIONS.event, `ADDITIONAL-ROOTS#${String(version).padStart(8, '0')}`);
export const publishedEventsKey: Key = key(PARTITIONS.event, 'PUBLISHED');

/** Months' buckets of certificates are spread over this many shards: 8 x 1,000 index writes a second. */
export const BUCKET_SHARDS = 8;
/**
 * Partitions of the index of open reservations. Each takes 1,000 writes a second (DynamoDB developer guide, "Partitions
 * and data distribution") and a certificate costs two, so 4 carry twice the signatures that KMS makes of one key family.
 */
export const OPEN_SHARDS = 4;

export function certificateBucket(month: Month, shard: number): string {
  return `${month}#${shard}`;
}

/** Attributes that put a certificate into the listing indexes. The last digits of a serial number are random. */
export function certificatePlace({
  serialNumber,
  validity: { notAfter },
}: Pick<CertificateRecord, 'serialNumber' | 'validity'>) {
  return {
    [INDEXES.certificatesByExpiry.partition]: certificateBucket(
      monthOf(notAfter),
      shardOf(serialNumber, BUCKET_SHARDS),
    ),
    [INDEXES.certificatesByExpiry.sort]: `${toRfc3339(notAfter)}#${serialNumber}`,
  };
}

/** Attributes that put a token into the listing index. */
export function tokenPlace(id: string, createdAt: Instant) {
  return {
    [INDEXES.tokensByCreation.partition]: monthOf(createdAt),
    [INDEXES.tokensByCreation.sort]: `${toRfc3339(createdAt)}#${id}`,
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
 * When the entry of a revocation list may be cleaned up: 90 days after its certificate expired. It leaves the list long
 * before.
 */
export function revokedTtl(notAfter: Instant): Instant {
  return plus(notAfter, 90 * DAY);
}

/**
 * When items of a token may be cleaned up: 30 days after its last reservation can be followed, so that nothing that
 * still matters is ever missing.
 */
export function tokenTtl(followUntil: Instant): Instant {
  return plus(followUntil, 30 * DAY);
}

/** A reservation outlives its certificate too: what a token produced is found by it. */
export function reservationTtl(followUntil: Instant, notAfter: Instant): Instant {
  return tokenTtl(followUntil > notAfter ? followUntil : notAfter);
}
