import type { EckSettings } from './fields/eck.ts';
import { ECK_DEFAULTS, NEWEST_ECK } from './fields/eck.ts';
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
  const version = parseEckVersion(eck);
  if (version === undefined) throw new RangeError(`not a version: ${eck.eckVersion}`);
  return version;
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
