import type { Issuer, Root } from '../domain/authority.ts';
import { caListPath, DEFAULT_CRL_SHARDS, fullListPath, shardPath } from '../domain/revocation-points.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import type { EntryPages } from '../pki/crl/expected-entries.ts';
import type { ListScope } from '../pki/crl/list.ts';
import { mergeShards } from './merge-shards.ts';
import type { RevokedCertificates } from './ports.ts';

/** A CA that signs its lists. */
export type ListCa = Pick<Issuer | Root, 'id' | 'keyArn' | 'keySpec'> & { readonly certificate: Uint8Array };

/** An issuer with its certificate. */
export type ListIssuer = ListCa & Pick<Issuer, 'crlShards'>;

/** A list that may be published: what is on it, where, and who signs it. */
export interface PublishableList {
  readonly path: string;
  readonly ca: ListCa;
  /** @default - everything that the CA issued */
  readonly scope?: ListScope;
  /** Consistently, in ascending order of serial number; each call reads again. */
  entries(): EntryPages;
  /** With more it is not published. @default - any number */
  readonly maxEntries?: number;
}

/**
 * The most entries of a full list: it has 51 MB then, and a server that loads it into memory takes several hundred. The
 * lists of the shards have no such limit.
 */
export const FULL_LIST_MAX_ENTRIES = 1_000_000;

export interface ListSources {
  readonly revoked: RevokedCertificates;
  readonly revocationUrl: RevocationUrl;
}

/** The list of one shard, which the certificates of the shard point to. */
export function shardList(
  { revoked, revocationUrl }: ListSources,
  issuer: ListIssuer,
  shard: number,
): PublishableList {
  const path = shardPath(issuer.id, shard);
  return {
    path,
    ca: issuer,
    scope: { url: `${revocationUrl}${path}`, only: 'leaves' },
    entries: () => revoked.revokedEntries(issuer.id, shard),
  };
}

/** All shards of an issuer in one list, for verifiers that load a file. */
export function fullList(
  { revoked }: Pick<ListSources, 'revoked'>,
  issuer: ListIssuer,
  maxEntries: number,
): PublishableList {
  // Certificates that were recorded without a shard are spread over the default number.
  const shards = Array.from({ length: Math.max(issuer.crlShards, DEFAULT_CRL_SHARDS) }, (_, shard) => shard);
  return {
    path: fullListPath(issuer.id),
    ca: issuer,
    entries: () => mergeShards(shards.map((shard) => revoked.revokedEntries(issuer.id, shard))),
    maxEntries,
  };
}

/**
 * The lists of a root: of the CAs that it certified, with the URL that their certificates have; and of everything. Empty,
 * since nothing revokes a CA yet.
 */
export function rootLists(
  { revocationUrl }: Pick<ListSources, 'revocationUrl'>,
  root: ListCa,
): readonly PublishableList[] {
  const path = caListPath(root.id);
  const none = () => [];
  return [
    { path: fullListPath(root.id), ca: root, entries: none },
    { path, ca: root, scope: { url: `${revocationUrl}${path}`, only: 'cas' }, entries: none },
  ];
}
