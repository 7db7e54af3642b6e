/**
 * The names that the table's definition (`infra`) and its adapter (`shared/store`) must agree on. What else an item
 * holds is private to the adapter.
 */

/** Primary key attributes; both strings. */
export const TABLE_KEY = { partition: 'pk', sort: 'sk' } as const;

/** Attribute that DynamoDB's time to live reads; it only cleans up, later than any rule that the code enforces. */
export const TTL_ATTRIBUTE = 'ttl';

/**
 * First part of every partition key, by kind of item; IAM policies limit each function to the kinds that it needs
 * (condition key `dynamodb:LeadingKeys`).
 */
export const PARTITIONS = {
  /** A bootstrap token, its use counters and its reservations: `TOKEN#<id>`. */
  token: 'TOKEN#',
  /** A certificate record: `CERT#<serial>`. */
  certificate: 'CERT#',
  /** Who holds a name: `NAME#<name>`. */
  name: 'NAME#',
  /** A public key that must not be certified: `KEY#<sha256>`. */
  key: 'KEY#',
  /** The roots and issuers: `AUTHORITY`, one partition. */
  authority: 'AUTHORITY',
} as const;

/**
 * What listings show, and all that the two listing indexes hold besides keys: a lease, an attempt or the certificate's
 * bytes change without a write to any index.
 */
const LISTED = [
  'issuerId',
  'profile',
  'name',
  'dnsNames',
  'ipAddresses',
  'notBefore',
  'notAfter',
  'state',
  'publicKeySha256',
  'tokenId',
  'reservedAt',
  'issuedAt',
  'revokedAt',
] as const;

/**
 * Global secondary indexes; `sort` is a string except where noted. `include` are the attributes that an index carries
 * besides keys (projection INCLUDE; KEYS_ONLY where there are none).
 */
export const INDEXES = {
  /** Certificates by expiry and tokens by creation, in time buckets spread over shards. */
  byBucket: { name: 'byBucket', partition: 'bucket', sort: 'position', include: LISTED },
  /** Certificates of a name. */
  byName: {
    name: 'byName',
    partition: 'name',
    sort: 'position',
    include: LISTED.filter((attribute) => attribute !== 'name'),
  },
  /** Reservations that are not finished; sparse. `reservedAt` is a number (seconds). */
  openByAge: { name: 'openByAge', partition: 'openShard', sort: 'reservedAt', include: [] },
} as const;
