import { fromReleases, lacks, type StackVersion } from '../deployment/versions.ts';

/** How a container that enrolls again stays the same agent: ends a sentence (setup_config.go, #6498). */
export function sameAgent(stackVersion: StackVersion | undefined): string {
  return lacks(stackVersion, 'replaceToken')
    ? ''
    : `, unless its variables ELASTIC_AGENT_ID and FLEET_REPLACE_TOKEN are those of its first enrollment${fromReleases(stackVersion, 'replaceToken')}`;
}
