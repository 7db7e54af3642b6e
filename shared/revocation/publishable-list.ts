import type { DraftedIssuer, Issuer, SigningCa } from '../domain/authority.ts';
import type { RevokedEntry } from '../domain/revocation.ts';
import { caListPath, DEFAULT_CRL_SHARDS, fullListPath, shardPath } from '../domain/revocation-points.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import { parseSerialNumber } from '../domain/serial-number.ts';
import type { EntryPages } from '../pki/crl/expected-entries.ts';
import type { ListScope } from '../pki/crl/list.ts';
import { mergeShards } from './merge-shards.ts';
import type { RevokedCertificates } from './ports.ts';

/** A CA that signs its lists. */
export type ListCa = Pick<SigningCa, 'id' | 'keyArn' | 'keySpec' | 'certificate'>;

/** An issuer with its certificate. */
export type ListIssuer = ListCa & Pick<DraftedIssuer, 'crlShards' | 'revocationUrl'>;

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
    scope: scopeAt(path, 'leaves', [revocationUrl, issuer.revocationUrl]),
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
 * The lists of a root: of the CAs that it certified, with the URL that their certificates have; and of everything. On both
 * are the issuers that it revoked.
 */
export function rootLists(
  { revocationUrl }: Pick<ListSources, 'revocationUrl'>,
  root: ListCa,
  issuers: readonly Issuer[],
): readonly PublishableList[] {
  const path = caListPath(root.id);
  const certified = issuers.filter(({ rootId }) => rootId === root.id);
  const entries = () => [revokedEntries(certified)];
  const urls = [revocationUrl, ...certified.map((issuer) => issuer.revocationUrl)] as const;
  return [
    { path: fullListPath(root.id), ca: root, entries },
    { path, ca: root, scope: scopeAt(path, 'cas', urls), entries },
  ];
}

/** In ascending order of serial number. */
function revokedEntries(issuers: readonly Issuer[]): readonly RevokedEntry[] {
  return issuers
    .flatMap(({ serialNumber: text = '', validity, revocation }) => {
      const serialNumber = parseSerialNumber(text);
      return revocation && serialNumber && validity
        ? { serialNumber, notAfter: validity.notAfter, ...revocation }
        : [];
    })
    .sort((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1));
}

/**
 * The scope of a list at a path. Certificates have the address where lists were served when they were issued; after the
 * setting `revocation.domainName` is set for the first time, that is not where they are served now. A verifier compares it
 * with the names of the list, of which one must be the same (RFC 5280 section 6.3.3 (b)(2)(i)).
 *
 * @param bases where lists are served now, then those that certificates were issued with.
 */
function scopeAt(
  path: string,
  only: ListScope['only'],
  bases: readonly [RevocationUrl, ...(RevocationUrl | undefined)[]],
): ListScope {
  const [now, ...earlier] = bases;
  const others = new Set(earlier.filter((base) => base !== undefined && base !== now));
  const otherUrls = [...others].map((base) => `${base}${path}`);
  return { url: `${now}${path}`, only, ...(otherUrls.length > 0 ? { otherUrls } : {}) };
}
