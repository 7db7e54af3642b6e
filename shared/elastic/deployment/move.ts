import type { OperatingSystem } from './paths.ts';

/**
 * Whether the host moves without being installed or enrolled again. A container keeps its variables: newer versions read
 * them at every start (elastic/elastic-agent#14408).
 */
export function movesOver({
  os,
  agent,
}: {
  readonly os: OperatingSystem;
  readonly agent: { readonly alreadyEnrolled: boolean };
}): boolean {
  return agent.alreadyEnrolled && os !== 'container';
}
