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
 * (condition key `dynamodb:LeadingKeys`). What different functions may write lies in different kinds.
 */
export const PARTITIONS = {
  /** A bootstrap token: `TOKEN#<id>`. */
  token: 'TOKEN#',
  /** A counter of a token's uses: `USE#<token id>#<nn>`. */
  use: 'USE#',
  /** Which certificates a token has, by public key: `RESERVATION#<token id>#<first hex digit of the key's SHA-256>`. */
  reservation: 'RESERVATION#',
  /** A certificate record: `CERT#<serial>`. */
  certificate: 'CERT#',
  /** Where a certificate is archived that has left the table: `ARCHIVED#<serial>`. */
  archived: 'ARCHIVED#',
  /** What administrators last said of a certificate's deployment: `DEPLOYMENT#<serial>`. */
  deployment: 'DEPLOYMENT#',
  /** Who holds a name: `NAME#<name>`. */
  name: 'NAME#',
  /** Who claimed a DNS name or an IP address: `SAN#dns:<name>`, `SAN#ip:<address>`. */
  alternativeName: 'SAN#',
  /** What a shard's revocation list has: `REVOKED#<issuer id>#<nnn>`, one partition for each list. */
  revoked: 'REVOKED#',
  /** What happened to a certificate, append-only: `HISTORY#<serial>`. */
  history: 'HISTORY#',
  /** The stored OCSP response of a certificate: `OCSP#<serial>`. */
  ocsp: 'OCSP#',
  /** The certificates of an OCSP responder: `RESPONDER#<ca id>`. */
  responder: 'RESPONDER#',
  /** Every block of a name or key, to be listed: `BLOCK`, one partition. */
  block: 'BLOCK',
  /** A public key that must not be certified: `BLOCKED-KEY#<sha256>`. */
  blockedKey: 'BLOCKED-KEY#',
  /** What was reported of the expiry of a certificate: `EXPIRY#<serial>`. */
  expiry: 'EXPIRY#',
  /** What administrators want renewed early: `REPLACEMENT`, one partition. */
  replacement: 'REPLACEMENT',
  /** The roots and issuers: `AUTHORITY`, one partition. */
  authority: 'AUTHORITY',
  /** Events about issuers and roots: those published, and what they are made of besides their records: `EVENT`, one partition. */
  event: 'EVENT',
  /** Every use of a root's key: `CEREMONY`, one partition. */
  ceremony: 'CEREMONY',
  /** How far signatures were reconciled: `RECONCILIATION`, one item. */
  reconciliation: 'RECONCILIATION',
  /** The CA keys that the template declares: `SLOT`, one partition. */
  slot: 'SLOT',
} as const;

/**
 * What listings show, and all that the listing indexes of certificates hold besides keys: a lease, an attempt or the certificate's
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
 * Global secondary indexes, one for each purpose, since queries of an index are granted by its ARN; all are sparse.
 * `sort` is a string except where noted. `include` are the attributes that an index carries besides keys (projection
 * INCLUDE; KEYS_ONLY where there are none).
 */
export const INDEXES = {
  /** Certificates by expiry, in months spread over shards. */
  certificatesByExpiry: {
    name: 'certificatesByExpiry',
    partition: 'expiryBucket',
    sort: 'position',
    include: LISTED,
  },
  /** Certificates of a name. */
  certificatesByName: {
    name: 'certificatesByName',
    partition: 'name',
    sort: 'position',
    include: LISTED.filter((attribute) => attribute !== 'name'),
  },
  /** Bootstrap tokens by creation, in months. */
  tokensByCreation: {
    name: 'tokensByCreation',
    partition: 'creationMonth',
    sort: 'position',
    include: [],
  },
  /** Issued certificates by the hex SHA-256 of their DER, for a proof that says no serial number. */
  certificatesByThumbprint: {
    name: 'certificatesByThumbprint',
    partition: 'thumbprint',
    sort: TABLE_KEY.partition,
    include: [],
  },
  /** Reservations that are not finished. `reservedAt` is a number (seconds). */
  openByAge: { name: 'openByAge', partition: 'openShard', sort: 'reservedAt', include: [] },
} as const;
