import { refreshListsSh } from '#host-scripts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';

/** What the script reads and writes. */
export interface RefreshPlan {
  /** Base URL of the revocation data. */
  readonly revocationUrl: string;
  /** The file that the proxy reads. */
  readonly lists: string;
  /** fleetseal's roots. */
  readonly roots: string;
  /** The certificate of the proxy, followed by its issuers. */
  readonly chain: string;
}

/**
 * A script of POSIX sh that fetches the revocation lists, for root: shared/hosts/refresh-lists.sh. It needs curl, awk and
 * OpenSSL 1.1.1 or later.
 */
export function refreshScript({ revocationUrl, lists, roots, chain }: RefreshPlan): string {
  const script = withVariables(refreshListsSh(), {
    url: shellWord(revocationUrl),
    lists: shellWord(lists),
    roots: shellWord(roots),
    chain: shellWord(chain),
  });
  // The kit's file is executable; the script comes without its first line, like all comments.
  return `#!/bin/sh\n${script}`;
}
