import type { Deployment, DeploymentSubject } from './deployment.ts';
import { type OperatingSystem, pathProblem, systemOfPath } from './paths.ts';
import type { Feature, StackVersion } from './versions.ts';

/** What the rules look at. `os` and `version` are undefined where they are missing or unreadable. */
export interface RuleContext {
  readonly deployment: Deployment;
  readonly subject: DeploymentSubject;
  readonly os: OperatingSystem | undefined;
  readonly version: StackVersion | undefined;
  /** Whether the version is known and lacks the feature. */
  readonly lacks: (feature: Feature) => boolean;
}

/** A broken rule: the field below `#/deployment`, or from `#` on one beside it, and what to do about it. */
export type Broken = readonly [field: string, detail: string];

/** What rules answer: those that are kept are false or undefined. */
export type Results = readonly (Broken | false | undefined)[];

/** Rules of some fields, in the order of the fields. */
export type Rules = (context: RuleContext) => Results;

/**
 * The rule of a path, where it is given. Where the system is missing or unknown, which a rule of its own says, it is the
 * one whose path it looks like.
 *
 * @param name - such as `trust.kafka.path`
 * @param example - a file's name, where the path is that of a file
 */
export function pathRule(
  os: OperatingSystem | undefined,
  name: string,
  path: string | undefined,
  example?: string,
): Broken | undefined {
  const what = path === undefined ? undefined : pathProblem(os ?? systemOfPath(path), path, example);
  return what === undefined ? undefined : [`/${name.replaceAll('.', '/')}`, `${name} ${what}`];
}

/** A value that a caller sent, for a message: cut, and with control characters escaped. */
export function quote(value: string): string {
  return JSON.stringify(value.slice(0, 64));
}
