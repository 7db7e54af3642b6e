import type { Instant } from '../../domain/instant.ts';

/*
 * Revocation lists (RFC 5280 section 5). `prepareList` writes the to-be-signed bytes from the entries, in a stream, and
 * lints them by reading them back; `signPrepared` has them signed and verifies the result.
 *
 * A list of a million entries is 51 MB. Each entry is written once, into chunks that are joined once; the lint reads the
 * entries in one pass, without an object for any of them. The writer (`encode-list.ts`, `entry-writer.ts`) and the
 * reader (`parse-list.ts`, `lint/`) share no code.
 *
 * @example
 * const { prepared } = await prepareList(plan, issuer, [entries]);
 * const { der } = await signPrepared(prepared, (digest) => signer.sign(issuer, digest));
 */

/** What a list covers of the certificates that its CA issued. */
export interface ListScope {
  /** The URL of the list, as in the CRL distribution points of the certificates that it covers. */
  readonly url: string;
  /** Further ones, in certificates that were issued when the list was served elsewhere. @default - none */
  readonly otherUrls?: readonly string[];
  /** Certificates of hosts, or of CAs: onlyContainsUserCerts, onlyContainsCACerts (RFC 5280 section 5.2.5). */
  readonly only: 'leaves' | 'cas';
}

/** What a revocation list says besides its entries. */
export interface ListPlan {
  /** CRLNumber, positive: 20 octets at most (RFC 5280 section 5.2.3). */
  readonly number: bigint;
  readonly thisUpdate: Instant;
  /** After {@link thisUpdate}. */
  readonly nextUpdate: Instant;
  /** @default - everything that the CA issued; the list has no issuing distribution point then */
  readonly scope?: ListScope | undefined;
}
