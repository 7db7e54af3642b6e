import type { Issuer, Root } from '../domain/authority.ts';
import { type Clock, type Instant, isOver, plus } from '../domain/instant.ts';
import type { CaHashes, CertIdHash } from '../domain/ocsp.ts';
import type { Responder } from '../domain/responder.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import type { ResponderStore } from './ports.ts';

/** What answers OCSP requests, and for which CAs. */
export interface OcspAuthority {
  readonly responders: readonly Responder[];
  readonly roots: readonly Root[];
  readonly issuers: readonly Issuer[];
}

/** Reads {@link OcspAuthority}; `fresh`: as it is now. @default fresh false: as it was at most a minute ago */
export type ReadAuthority = (options?: { readonly fresh: boolean }) => Promise<OcspAuthority>;

/** How long it is kept in memory: a new responder is certified days before it is needed. Seconds. */
const KEPT_SECONDS = 60;

/** Reads roots, issuers and responders, and keeps them in memory for a minute: they are the same for every request. */
export function authorityReader(deps: {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly responders: Pick<ResponderStore, 'responders'>;
  readonly clock: Clock;
}): ReadAuthority {
  let kept: { readonly until: Instant; readonly authority: Promise<OcspAuthority> } | undefined;
  return ({ fresh } = { fresh: false }) => {
    const now = deps.clock();
    if (fresh || kept === undefined || isOver(kept.until, now)) {
      const authority = read(deps);
      kept = { until: plus(now, KEPT_SECONDS), authority };
      // What could not be read is not kept.
      authority.catch(() => {
        kept = undefined;
      });
    }
    return kept.authority;
  };
}

async function read({
  authority,
  responders,
}: Parameters<typeof authorityReader>[0]): Promise<OcspAuthority> {
  const { roots, issuers } = await authority.readAuthority();
  const rows = await Promise.all([...roots, ...issuers].map(({ id }) => responders.responders(id)));
  return { roots, issuers, responders: rows.flat() };
}

/** The CA that a request names; undefined where it is none of ours, or has no responder. */
export function findCa(
  { responders }: OcspAuthority,
  { hash, nameHash, keyHash }: CaHashes & { readonly hash: CertIdHash },
): string | undefined {
  return responders.find(({ state, caHashes }) => {
    const known = caHashes[hash];
    return state === 'ISSUED' && known.nameHash === nameHash && known.keyHash === keyHash;
  })?.caId;
}

/** A responder that has its certificate. */
export type CertifiedResponder = Responder & { readonly certificate: Uint8Array };

/** The newest certificate of a CA's responder that is valid at `now`. */
export function validResponder(
  { responders }: OcspAuthority,
  caId: string,
  now: Instant,
): CertifiedResponder | undefined {
  return responders
    .filter((one): one is CertifiedResponder => one.caId === caId && one.certificate !== undefined)
    .filter(({ validity }) => validity.notBefore <= now && !isOver(validity.notAfter, now))
    .sort((a, b) => b.sequence - a.sequence)[0];
}
