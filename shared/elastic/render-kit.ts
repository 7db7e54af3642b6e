import type { Kit, KitRequest } from './kit/kit.ts';
import type { KitFile } from './kit/kit-file.ts';
import { sectionsFor } from './sections.ts';

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
