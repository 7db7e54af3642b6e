import { ECK_DEFAULTS, type EckSettings, NEWEST_ECK } from './fields/eck.ts';
import { proven } from './proven.ts';
import type { Violation } from './rule.ts';
import { parseStackVersion, type StackVersion } from './versions.ts';

/** The operator's version, by default the newest; undefined if it cannot be parsed. */
export function parseEckVersion({
  eckVersion = ECK_DEFAULTS.eckVersion,
}: EckSettings): StackVersion | undefined {
  return parseStackVersion(eckVersion);
}

/** The same, of settings that break no rule. */
export function eckVersionOf(eck: EckSettings): StackVersion {
  return proven(parseEckVersion(eck), 'eck.eckVersion');
}

/** The rule of `#/deployment/eck/eckVersion` that applies to every kit. */
export function eckVersionRule(eck: EckSettings): Violation | false {
  return (
    parseEckVersion(eck) === undefined && [
      '/eck/eckVersion',
      `eckVersion must be three numbers, such as ${NEWEST_ECK}: see the tag of the operator's image`,
    ]
  );
}
