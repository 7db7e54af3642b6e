import type { Issuer, IssuerState, Root, RootState } from '../domain/authority.ts';
import { isCertifiedBy } from './is-genuine.ts';
import type { FormerLedger, RestoredLedger } from './ports.ts';

/** The further state is the later one; a compromised issuer never comes back. */
const ISSUER_RANKS: Readonly<Record<IssuerState, number>> = {
  ...{ PENDING: 0, READY: 1, ACTIVE: 2, DRAINING: 3, RETIRED: 4, COMPROMISED: 5 },
};
const ROOT_RANKS: Readonly<Record<RootState, number>> = {
  ...{ RESERVED: 0, ISSUED: 1, TRUSTED: 2, ACTIVE: 3, DRAINING: 4, RETIRED: 5 },
};

/** What was found out about the CAs. */
export interface MergedCas {
  /** Ids of the CAs whose later state is taken over. */
  readonly adopted: readonly string[];
  /** Ids of CAs that only the former table has, and whose certificate no known CA signed. */
  readonly refused: readonly string[];
}

/**
 * Takes over how far roots and issuers have come since the restore point. A CA that the restored table does not have is
 * taken over only if a CA that it has certified it.
 *
 * @param apply whether anything is written.
 */
export async function mergeCas(
  { restored, former }: { readonly restored: RestoredLedger; readonly former: FormerLedger },
  apply: boolean,
): Promise<MergedCas> {
  const [now, before] = await Promise.all([restored.cas(), former.cas()]);
  const adopted: string[] = [];
  const refused: string[] = [];
  const known: Root[] = [...now.roots];
  const adopt = async (kind: 'root' | 'issuer', id: string, there: Root | Issuer | undefined) => {
    adopted.push(id);
    if (apply) await former.adoptCa(kind, id, there);
  };
  for (const root of before.roots) {
    const there = now.roots.find(({ id }) => id === root.id);
    if (!isKnownRoot(root, there, known)) refused.push(root.id);
    else if (there === undefined || isFurtherRoot(root, there)) {
      await adopt('root', root.id, there);
      known.push(root);
    }
  }
  for (const issuer of before.issuers) {
    const there = now.issuers.find(({ id }) => id === issuer.id);
    if (!isKnownIssuer(issuer, there, known)) refused.push(issuer.id);
    else if (there === undefined || isFurtherIssuer(issuer, there)) await adopt('issuer', issuer.id, there);
  }
  return { adopted, refused };
}

/** Settings declare external roots at each deployment, so none has to be taken over unseen. */
function isKnownRoot(root: Root, there: Root | undefined, known: readonly Root[]): boolean {
  if (there?.certificate !== undefined) return sameBytes(root.certificate, there.certificate);
  if (root.certificate === undefined) return true;
  if (root.kind === 'external') return false;
  const { cross } = root;
  const by = known.find(({ id }) => id === cross?.rootId)?.certificate;
  return (
    cross?.certificate !== undefined &&
    by !== undefined &&
    isCertifiedBy(cross.certificate, by) &&
    isCertifiedBy(root.certificate, cross.certificate)
  );
}

function isKnownIssuer(issuer: Issuer, there: Issuer | undefined, known: readonly Root[]): boolean {
  if (there?.certificate !== undefined) return sameBytes(issuer.certificate, there.certificate);
  if (issuer.certificate === undefined) return true;
  const above = issuer.chain?.[0] ?? known.find(({ id }) => id === issuer.rootId)?.certificate;
  return above !== undefined && isCertifiedBy(issuer.certificate, above) && isChained(issuer, known);
}

/** Below an external root, each CA of the chain is certified by the next one, and the last by a root. */
function isChained({ chain = [] }: Issuer, known: readonly Root[]): boolean {
  return chain.every((certificate, at) => {
    const next = chain[at + 1];
    if (next !== undefined) return isCertifiedBy(certificate, next);
    return known.some(
      (root) => root.certificate !== undefined && isCertifiedBy(certificate, root.certificate),
    );
  });
}

function isFurtherRoot(root: Root, there: Root): boolean {
  return ROOT_RANKS[root.state] > ROOT_RANKS[there.state];
}

/** An issuer that its root revoked, or that is to be revoked sooner, is further in the same state. */
function isFurtherIssuer(issuer: Issuer, there: Issuer): boolean {
  const ranks = ISSUER_RANKS[issuer.state] - ISSUER_RANKS[there.state];
  if (ranks !== 0) return ranks > 0;
  if ((issuer.revocation === undefined) !== (there.revocation === undefined))
    return issuer.revocation !== undefined;
  return (issuer.revokeAt ?? Number.POSITIVE_INFINITY) < (there.revokeAt ?? Number.POSITIVE_INFINITY);
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.from(a).equals(b);
}
