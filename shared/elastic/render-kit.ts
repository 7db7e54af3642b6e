import type { Kit, KitRequest } from './kit/kit.ts';
import type { KitFile } from './kit/kit-file.ts';
import { sectionsFor } from './sections.ts';

/*
 * The way out of shared/elastic: a kit is everything that a host needs to use its certificate in one deployment.
 *
 * - It is the sum of what the sections render (sections.ts), in their order. No section reads what another rendered; a
 *   file that several need is in the kit once.
 * - Pure: equal requests give equal kits, so a kit can be rendered again at any time and is never stored.
 * - It holds no private key, passphrase or token of the service. Where a text needs what only the host has, it has
 *   `{{file:/path}}`, and a command of the kit fills it in there.
 * - Each text is quoted for its reader: YAML alike in versions 1.1 and 1.2, words for POSIX sh and PowerShell, dollar
 *   signs literal (syntax/).
 * - What a user has to know but cannot paste is a note, with its source; a note says what happens and what to do.
 */

/**
 * Renders the kit: pure, and equal requests give equal kits.
 *
 * @example
 * const kit = renderKit({ deployment: checkDeployment(asked, subject), certificate });
 */
export function renderKit(request: KitRequest): Kit {
  const { profile, eckAgent } = request.deployment;
  const parts = sectionsFor(profile, eckAgent !== undefined).map((section) => section.render(request));
  return {
    ...Object.assign({}, ...parts),
    files: distinct(parts.flatMap((part) => part.files ?? [])),
    notes: parts.flatMap((part) => part.notes ?? []),
  };
}

/** Sections may need the same file (fleetseal's roots, say): each path once, from the first of them. */
function distinct(files: readonly KitFile[]): readonly KitFile[] {
  return files.filter(({ path }, index) => files.findIndex((file) => file.path === path) === index);
}
