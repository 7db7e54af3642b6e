import { X509Certificate } from 'node:crypto';
import type { Interval } from './history.ts';

/** Decides when a presented chain verifies against a trust bundle. */
export interface Verifier {
  /**
   * @param chain PEM: the leaf, then what its holder sends with it.
   * @param bundle PEM of the roots that the verifier trusts.
   * @returns when at least one path from the leaf to a root is valid, its root included; signatures and issuing are
   *   verified once for each pair of certificates.
   */
  validity(chain: string, bundle: string): readonly Interval[];
}

/** Path validation by Node's X.509 (OpenSSL), without its clock: signatures once, times as intervals. */
export function createVerifier(): Verifier {
  const parsed = new Map<string, readonly X509Certificate[]>();
  const edges = new Map<string, boolean>();
  const results = new Map<string, Map<string, readonly Interval[]>>();
  const read = (pem: string) => remember(parsed, pem, () => certificatesIn(pem));
  const issued = (child: X509Certificate, parent: X509Certificate) =>
    remember(
      edges,
      `${child.fingerprint256} ${parent.fingerprint256}`,
      () => parent.ca && child.checkIssued(parent) && child.verify(parent.publicKey),
    );
  const paths = (
    leaf: X509Certificate,
    sent: readonly X509Certificate[],
    roots: readonly X509Certificate[],
    valid: Interval,
  ): readonly Interval[] => {
    const within = meet(valid, life(leaf));
    if (within.from >= within.to) return [];
    const ends = roots.filter((root) => issued(leaf, root)).map((root) => meet(within, life(root)));
    const longer = sent
      .filter((parent) => issued(leaf, parent))
      .flatMap((parent) =>
        paths(
          parent,
          sent.filter((other) => other !== parent),
          roots,
          within,
        ),
      );
    return [...ends.filter(({ from, to }) => from < to), ...longer];
  };
  return {
    validity: (chain, bundle) =>
      remember(
        remember(results, bundle, () => new Map()),
        chain,
        () => {
          const [leaf, ...sent] = read(chain);
          return leaf === undefined ? [] : paths(leaf, sent, read(bundle), ALWAYS);
        },
      ),
  };
}

const ALWAYS: Interval = { from: 0, to: Number.POSITIVE_INFINITY };

/** Until the end of the second that `notAfter` names. */
function life({ validFromDate, validToDate }: X509Certificate): Interval {
  return { from: validFromDate.getTime() / 1000, to: validToDate.getTime() / 1000 + 1 };
}

function meet(a: Interval, b: Interval): Interval {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

function certificatesIn(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function remember<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
